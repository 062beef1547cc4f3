import { expect, it } from 'vitest';
import { redisFault } from './redis-fault.ts';

const failure = (message: string, code?: string) => Object.assign(new Error(message), { code });

it.each([
  ['WRONGPASS invalid username-password pair', undefined, 'refuses the user or password'],
  ['ERR invalid password', undefined, 'refuses the user or password'],
  ['NOAUTH Authentication required.', undefined, 'wants a password'],
  ['NOPERM no permissions', undefined, 'does not let this user do what is needed'],
  ['self-signed', 'SELF_SIGNED_CERT_IN_CHAIN', 'not trusted here: give it as redisCa'],
  ['no issuer', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'not trusted here: give it as redisCa'],
  ['expired', 'CERT_HAS_EXPIRED', 'not valid at this time'],
  ['name', 'ERR_TLS_CERT_ALTNAME_INVALID', 'for another name than its address'],
  ['late', 'ETIMEDOUT', 'cannot be reached; does it speak TLS?'],
  ['ssl', 'ERR_SSL_WRONG_VERSION_NUMBER', 'cannot be reached; does it speak TLS?'],
])('says of %s what can be done', (message, code, said) => {
  expect(redisFault(failure(message, code), true)).toContain(said);
});

it('says of a connection that is cut that the server may want TLS', () => {
  expect(redisFault(failure('write ECONNRESET', 'ECONNRESET'), false)).toBe(
    'cannot be reached; does it want TLS (rediss://)?',
  );
});

it.each([failure('connect', 'ECONNREFUSED'), failure('late', 'ETIMEDOUT'), undefined, 'x'])(
  'says of anything else that nobody was reached: %s',
  (error) => {
    expect(redisFault(error, false)).toBe('cannot be reached');
  },
);

it('looks for what the last node of a cluster said', () => {
  const lastNodeError = failure('WRONGPASS no');
  const error = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError });
  expect(redisFault(error, false)).toBe('refuses the user or password');
});
