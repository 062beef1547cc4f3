import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { certificatesOf } from './redis-ca.ts';

/**
 * What a connection trusts: the given authorities alone, else those of this machine.
 *
 * @throws AppError `invalid-argument` where `certificatesOf` does.
 */
export function tlsOptions(ca?: string): ConnectionOptions {
  if (ca === undefined) return {};
  return { ca: [...certificatesOf(ca)], checkServerIdentity: checkName };
}

/**
 * The certificate must be for the address that was dialled. Memorystore's has it in its common name
 * alone (https://github.com/envoyproxy/ratelimit/pull/409), where Node takes no address from.
 */
export const checkName: typeof checkServerIdentity = (host, certificate) => {
  const fault = checkServerIdentity(host, certificate);
  const isNamed = isIP(host) !== 0 && certificate.subject?.CN === host;
  return isNamed && !certificate.subjectaltname ? undefined : fault;
};
