import type { Config } from '../../functions/config.ts';
import { ConfigError } from '../../functions/config-error.ts';
import { isLoopbackHost } from '../../functions/identity/loopback.ts';

/** @throws ConfigError for a server that other machines reach and that would not know who calls. */
export function assertMayListen({ identity, host }: Pick<Config, 'identity' | 'host'>): void {
  if (identity || isLoopbackHost(host)) return;
  throw new ConfigError(
    `STRATA_HOST: without identity only this machine may call, so listen on 127.0.0.1 instead of ${host}, or say who may call with STRATA_USER_ISSUERS or STRATA_SERVICE_ACCOUNTS.`,
  );
}

/** @throws ConfigError for emulators that other machines would reach: these know nobody. */
export function assertLoopback({ host }: Pick<Config, 'host'>): void {
  if (isLoopbackHost(host)) return;
  throw new ConfigError(
    `STRATA_HOST: emulators are for this machine alone, so listen on 127.0.0.1 instead of ${host}.`,
  );
}
