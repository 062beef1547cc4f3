import { z } from 'zod';
import type { Duty } from './caller.ts';
import { GOOGLE_ISSUER, type Issuer, Issuers } from './issuer.ts';
import type { ServiceTrust } from './service-token.ts';

const list = (meaning: string) =>
  z.string().default('').describe(`${meaning}, with commas between`);

/** The variables that say who may call; none of them: this machine alone. */
export const IdentityVariables = {
  STRATA_USER_ISSUERS: Issuers.default([]).describe(
    'a JSON list of whose ID tokens end users bring: "firebase:PROJECT", "google:CLIENT_ID" or { issuer, audience, jwksUri, algorithms, prefix }',
  ),
  STRATA_SERVICE_ACCOUNTS: list('service accounts that may name any user'),
  STRATA_SCHEDULER_ACCOUNTS: list('service accounts that may start migrations and collections'),
  STRATA_PUBSUB_ACCOUNTS: list('service accounts that may deliver events'),
  STRATA_SERVICE_AUDIENCE: list('what tokens of service accounts are for: addresses of functions'),
  STRATA_SERVICE_ISSUER: z
    .url({ protocol: /^https?$/ })
    .default(GOOGLE_ISSUER)
    .describe('who signs the tokens of service accounts'),
  STRATA_TRUST_IAM: z
    .boolean()
    .default(false)
    .describe(
      'only callers that Cloud Run has checked reach this: tokens whose signature it took away count',
    ),
};

type Given = {
  readonly [Name in keyof typeof IdentityVariables]: z.output<(typeof IdentityVariables)[Name]>;
};

/** Who may call, and as what. */
export interface IdentityConfig {
  readonly userIssuers: readonly Issuer[];
  readonly services: ServiceTrust;
  /** Whether a service account is named for anything. */
  isNamed(account: string): boolean;
  dutiesOf(account: string): readonly Duty[];
}

/**
 * The configuration of identity; `undefined` when there is none.
 *
 * @throws TypeError with what is missing when service accounts could never be believed.
 */
export function identityOf(given: Given): IdentityConfig | undefined {
  const duties: Readonly<Record<Duty, ReadonlySet<string>>> = {
    'any-user': namesIn(given.STRATA_SERVICE_ACCOUNTS),
    scheduler: namesIn(given.STRATA_SCHEDULER_ACCOUNTS),
    pubsub: namesIn(given.STRATA_PUBSUB_ACCOUNTS),
  };
  const audience = [...namesIn(given.STRATA_SERVICE_AUDIENCE)];
  const hasServices = Object.values(duties).some(({ size }) => size > 0);
  if (given.STRATA_USER_ISSUERS.length === 0 && !hasServices) return undefined;
  if (hasServices && audience.length === 0 && !given.STRATA_TRUST_IAM)
    throw new TypeError(
      'STRATA_SERVICE_AUDIENCE: expected the addresses that service accounts ask tokens for, or STRATA_TRUST_IAM=true behind Cloud Run, found ""',
    );
  const dutiesOf = (account: string): Duty[] => DUTIES.filter((duty) => duties[duty].has(account));
  return {
    userIssuers: given.STRATA_USER_ISSUERS,
    services: {
      issuer: given.STRATA_SERVICE_ISSUER,
      audience,
      trustsPlatform: given.STRATA_TRUST_IAM,
    },
    isNamed: (account) => dutiesOf(account).length > 0,
    dutiesOf,
  };
}

const DUTIES: readonly Duty[] = ['any-user', 'scheduler', 'pubsub'];

const namesIn = (text: string): ReadonlySet<string> =>
  new Set(text.split(',').flatMap((name) => name.trim() || []));
