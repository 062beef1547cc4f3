import { z } from 'zod';

/** Signatures that only the holder of a private key can make: no `none`, no shared secret. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;

const url = z.url({ protocol: /^https?$/ });

/** Who says who an end user is, as a configuration spells it out. */
const IssuerFields = z.strictObject({
  issuer: url,
  /** Tokens are for these recipients only; any of them will do. */
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Absent: found through the issuer's `/.well-known/openid-configuration`. */
  jwksUri: url.optional(),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['RS256', 'ES256']),
  /** Begins the user ids of this issuer, as `prefix:subject`; absent: the subject alone. */
  prefix: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .optional(),
});

export type Issuer = z.output<typeof IssuerFields>;
type Given = z.input<typeof IssuerFields>;

/** https://firebase.google.com/docs/auth/admin/verify-id-tokens: issuer, audience and keys. */
const firebase = (projectId: string): Given => ({
  issuer: `https://securetoken.google.com/${projectId}`,
  audience: projectId,
  jwksUri:
    'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
});

export const GOOGLE_ISSUER = 'https://accounts.google.com';
/** https://accounts.google.com/.well-known/openid-configuration names it. */
export const GOOGLE_JWKS_URI = 'https://www.googleapis.com/oauth2/v3/certs';

const google = (clientId: string): Given => ({
  issuer: GOOGLE_ISSUER,
  audience: clientId,
  jwksUri: GOOGLE_JWKS_URI,
});

const SHORT = { firebase, google } as const;
const ShortForm = z
  .string()
  .regex(/^(firebase|google):.+$/, 'is neither firebase:PROJECT nor google:CLIENT_ID')
  .transform((text): Given => {
    const at = text.indexOf(':');
    const make = text.slice(0, at) === 'firebase' ? SHORT.firebase : SHORT.google;
    return make(text.slice(at + 1));
  })
  .pipe(IssuerFields);

/**
 * The issuers whose tokens end users bring. With several, each needs a prefix of its own: two
 * issuers may give the same subject to two people.
 */
export const Issuers = z
  .array(z.union([ShortForm, IssuerFields]))
  .superRefine((issuers, context) => {
    const names = issuers.map(({ issuer }) => issuer);
    if (new Set(names).size < names.length) context.addIssue('names an issuer twice');
    if (issuers.length < 2) return;
    const prefixes = issuers.map(({ prefix }) => prefix);
    if (prefixes.includes(undefined) || new Set(prefixes).size < prefixes.length)
      context.addIssue('needs a prefix of its own for each of several issuers');
  });

/** The user id that a subject stands for. A prefix has no colon, so no two pairs make the same id. */
export const userIdOf = ({ prefix }: Pick<Issuer, 'prefix'>, subject: string): string =>
  prefix === undefined ? subject : `${prefix}:${subject}`;
