import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type Caller, forbidden, unauthenticated } from './caller.ts';
import type { IdentityConfig } from './identity-config.ts';
import { type Issuer, userIdOf } from './issuer.ts';
import { isFromThisMachine } from './loopback.ts';
import { claimedAccount, serviceVerifier } from './service-token.ts';
import { issuerOf, tokenVerifier } from './verify-token.ts';

/** The part of a request that tells who sent it. */
export type Asking = Pick<IncomingMessage, 'headers' | 'socket'>;

/** Tells who calls. */
export interface Identity {
  /** No identity is configured: this machine, and it alone, may do everything. */
  readonly isLocalOnly: boolean;
  /**
   * Without a promise where nothing has to be verified.
   *
   * @throws AppError `unauthenticated` for a token that does not hold, `forbidden` for a call from
   *   another machine where no identity is configured, `unavailable` when keys cannot be fetched.
   */
  callerOf(request: Asking): Caller | Promise<Caller>;
}

/** Identity as configured; without a configuration this machine, and it alone, may do everything. */
export function openIdentity(config: IdentityConfig | undefined, clock: Clock): Identity {
  return config ? verifying(config, clock) : localOnly;
}

const LOCAL: Caller = { kind: 'local' };
const NOBODY: Caller = { kind: 'nobody' };

export const localOnly: Identity = {
  isLocalOnly: true,
  callerOf({ socket }) {
    if (isFromThisMachine(socket.remoteAddress)) return LOCAL;
    throw forbidden('Without identity only this machine may call: set STRATA_USER_ISSUERS');
  },
};

function verifying(config: IdentityConfig, clock: Clock): Identity {
  const users = new Map(
    config.userIssuers.map((issuer) => [issuer.issuer, ofUser(issuer, clock)] as const),
  );
  const verifyService = serviceVerifier(config.services, clock);
  const ofService = async (token: string): Promise<Caller> => {
    const account = await verifyService(token);
    return { kind: 'service', account, duties: config.dutiesOf(account) };
  };
  return {
    isLocalOnly: false,
    callerOf({ headers: { authorization } }) {
      if (authorization === undefined) return NOBODY;
      const token = bearerOf(authorization);
      const issuer = issuerOf(token);
      // Google signs for people and for service accounts: an address on our list is a service.
      const isService = issuer === config.services.issuer && config.isNamed(claimedAccount(token));
      const verify = isService ? ofService : users.get(issuer);
      if (!verify) throw unauthenticated('The issuer of the token is not one of ours');
      return verify(token);
    },
  };
}

function ofUser(issuer: Issuer, clock: Clock): (token: string) => Promise<Caller> {
  const verify = tokenVerifier(issuer, clock);
  return async (token) => ({ kind: 'user', userId: userIdOf(issuer, (await verify(token)).sub) });
}

/** RFC 6750, section 2.1. */
function bearerOf(authorization: string): string {
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization.trim())?.[1];
  if (token === undefined) throw unauthenticated('Send Authorization: Bearer and an ID token');
  return token;
}
