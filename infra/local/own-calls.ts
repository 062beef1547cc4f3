import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Identity } from '../../functions/identity/identity.ts';

const HEADER = 'x-strata-own-call';

/** The headers of a local stack's calls to itself, and an identity that knows them. */
export interface OwnCalls {
  readonly headers: Readonly<Record<string, string>>;
  readonly identity: Identity;
}

/**
 * The scheduler and the bus of a local stack call its functions over HTTP. Where identity is
 * configured they show a secret that only this process knows, in the place of a token.
 */
export function ownCalls(identity: Identity): OwnCalls {
  const secret = randomBytes(32).toString('hex');
  const expected = Buffer.from(secret);
  const isOwn = (header: unknown): boolean => {
    const given = Buffer.from(typeof header === 'string' ? header : '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return {
    headers: { [HEADER]: secret },
    identity: {
      isLocalOnly: identity.isLocalOnly,
      callerOf: (request) =>
        isOwn(request.headers[HEADER]) ? { kind: 'local' } : identity.callerOf(request),
    },
  };
}
