import { decodeJwt, type JWTPayload } from 'jose';
import { type Clock, SECOND_MS } from '../../shared/kernel/clock.ts';
import { unauthenticated } from './caller.ts';
import { GOOGLE_ISSUER, GOOGLE_JWKS_URI } from './issuer.ts';
import { CLOCK_TOLERANCE_SECONDS, tokenVerifier } from './verify-token.ts';

/** How the tokens of service accounts are believed. */
export interface ServiceTrust {
  /** Who signs them; Google but in tests. */
  readonly issuer: string;
  /** Whom they have to be for. Empty: only what the platform has checked is believed. */
  readonly audience: readonly string[];
  /** Cloud Run's IAM admits every caller, so a token whose signature it took away was checked. */
  readonly trustsPlatform: boolean;
}

/**
 * What Cloud Run puts in the place of a signature that it has verified, so that nobody can use the
 * token again (https://cloud.google.com/run/docs/authenticating/service-to-service).
 */
const REMOVED = 'SIGNATURE_REMOVED_BY_GOOGLE';

/**
 * Gives the verified e-mail address of the service account that a token is of.
 *
 * The result throws AppError `unauthenticated` or `unavailable`, as `tokenVerifier` does.
 */
export function serviceVerifier(
  trust: ServiceTrust,
  clock: Clock,
): (token: string) => Promise<string> {
  const { issuer, audience, trustsPlatform } = trust;
  const verify =
    audience.length > 0
      ? tokenVerifier(
          {
            issuer,
            audience: [...audience],
            algorithms: ['RS256', 'ES256'],
            ...(issuer === GOOGLE_ISSUER && { jwksUri: GOOGLE_JWKS_URI }),
          },
          clock,
        )
      : undefined;
  return async (token) => {
    if (trustsPlatform && token.endsWith(`.${REMOVED}`)) return checkedByPlatform(token, clock);
    if (!verify) throw unauthenticated('The token was not checked by the platform');
    return accountOf(await verify(token));
  };
}

/** The address of a token that has not been verified: chooses who verifies it, and nothing else. */
export function claimedAccount(token: string): string {
  try {
    const { email } = decodeJwt(token);
    return typeof email === 'string' ? email : '';
  } catch (cause) {
    throw unauthenticated('The token cannot be read', cause);
  }
}

function checkedByPlatform(token: string, clock: Clock): string {
  const claims = decodeJwt(token);
  const nowSeconds = clock.now() / SECOND_MS;
  // Seconds since 1970 (RFC 7519, section 2).
  if ((claims.exp ?? 0) + CLOCK_TOLERANCE_SECONDS < nowSeconds)
    throw unauthenticated('The token has expired');
  return accountOf(claims);
}

function accountOf({ email, email_verified: isVerified }: JWTPayload): string {
  if (typeof email !== 'string' || isVerified !== true)
    throw unauthenticated('The token names no verified service account');
  return email;
}
