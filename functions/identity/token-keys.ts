import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { AppError } from '../../shared/kernel/app-error.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/kernel/clock.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import type { Issuer } from './issuer.ts';

const FETCH_MS = 5 * SECOND_MS;
/** A key that is not known makes us look again, no more often than this: forged ids cost nothing. */
const COOLDOWN_MS = 30 * SECOND_MS;
/** Google's keys live for days and are announced ahead; a withdrawn one is believed this long. */
const KEEP_MS = 10 * MINUTE_MS;

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

/** The issuer's public keys: fetched on first use, kept, and fetched again when they rotate. */
export function tokenKeys(issuer: Pick<Issuer, 'issuer' | 'jwksUri'>): JWTVerifyGetKey {
  const keys = lazy(async () => {
    const uri = issuer.jwksUri ?? (await discover(issuer.issuer));
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: FETCH_MS,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: KEEP_MS,
    });
  });
  return async (header, token) => (await keys())(header, token);
}

/** OpenID Connect Discovery 1.0, section 4: the answer has to name the issuer that was asked. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
    const found = Discovery.parse(await response.json());
    if (found.issuer === issuer) return found.jwks_uri;
  } catch (cause) {
    throw new AppError('unavailable', 'The keys of the token issuer cannot be fetched', { cause });
  }
  throw new AppError('unavailable', 'The token issuer goes by another name than it was asked by');
}
