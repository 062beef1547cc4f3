import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { unauthenticated } from './caller.ts';
import type { Issuer } from './issuer.ts';
import { tokenKeys } from './token-keys.ts';

/** Clocks differ: a token counts this long before and after its time. */
export const CLOCK_TOLERANCE_SECONDS = 30;

export type Claims = JWTPayload & { readonly sub: string };

/**
 * Verifies tokens of one issuer: signature, algorithm, issuer, audience and times.
 *
 * The result throws AppError `unauthenticated` with what is wrong with the token, `unavailable`
 * when the issuer's keys cannot be had.
 */
export function tokenVerifier(
  issuer: Issuer,
  clock: Clock,
  keys = tokenKeys(issuer),
): (token: string) => Promise<Claims> {
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: issuer.issuer,
        audience: issuer.audience,
        algorithms: [...issuer.algorithms],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      return withSubject(payload);
    } catch (thrown) {
      throw asAppError(thrown);
    }
  };
}

/** Who a token says that it is from, unverified: chooses who verifies it, and nothing else. */
export function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch (cause) {
    throw unauthenticated('The token cannot be read', cause);
  }
}

function withSubject(payload: JWTPayload): Claims {
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '') throw unauthenticated('The token names no subject');
  return { ...payload, sub };
}

/** jose's codes: https://github.com/panva/jose, `docs/util/errors`. */
function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof errors.JWTExpired) return unauthenticated('The token has expired', thrown);
  if (thrown instanceof errors.JWTClaimValidationFailed)
    return unauthenticated(`The token's claim "${thrown.claim}" does not fit`, thrown);
  if (isOfToken(thrown)) return unauthenticated('The token does not verify', thrown);
  return new AppError('unavailable', 'The keys of the token issuer cannot be had', {
    cause: thrown,
  });
}

/** What is wrong lies in the token; else it lies in the way to its issuer. */
const isOfToken = (thrown: unknown): boolean =>
  thrown instanceof errors.JWSSignatureVerificationFailed ||
  thrown instanceof errors.JWSInvalid ||
  thrown instanceof errors.JWTInvalid ||
  thrown instanceof errors.JOSEAlgNotAllowed ||
  thrown instanceof errors.JOSENotSupported ||
  thrown instanceof errors.JWKSNoMatchingKey ||
  thrown instanceof errors.JWKSMultipleMatchingKeys;
