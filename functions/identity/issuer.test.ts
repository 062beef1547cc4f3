import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Issuers, userIdOf } from './issuer.ts';

const OTHER = { issuer: 'https://id.example', audience: 'us' };

it('knows Firebase and Google by a short form', () => {
  expect(Issuers.parse(['firebase:my-project'])).toMatchObject([
    { issuer: 'https://securetoken.google.com/my-project', audience: 'my-project' },
  ]);
  expect(Issuers.parse(['google:123.apps.googleusercontent.com'])).toMatchObject([
    { issuer: 'https://accounts.google.com', audience: '123.apps.googleusercontent.com' },
  ]);
});

it.each([
  ['an unknown short form', ['facebook:1']],
  ['an algorithm with a shared secret', [{ ...OTHER, algorithms: ['HS256'] }]],
  ['no signature', [{ ...OTHER, algorithms: ['none'] }]],
  ['no audience', [{ issuer: OTHER.issuer }]],
  ['an issuer that is no address', [{ ...OTHER, issuer: 'me' }]],
  ['several issuers without prefixes', ['firebase:p', OTHER]],
  [
    'one prefix for two issuers',
    [
      { ...OTHER, prefix: 'a' },
      { ...OTHER, issuer: 'https://b.example', prefix: 'a' },
    ],
  ],
  [
    'one issuer twice',
    [
      { ...OTHER, prefix: 'a' },
      { ...OTHER, prefix: 'b' },
    ],
  ],
  ['a prefix with a colon', [{ ...OTHER, prefix: 'a:b' }]],
])('refuses %s', (_name, given) => {
  expect(Issuers.safeParse(given).success).toBe(false);
});

it('never gives two people of two issuers one id', () => {
  const prefix = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
  const subject = fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{0,3}:[a-z:]{0,5}$/));
  fc.assert(
    fc.property(prefix, prefix, subject, subject, (one, other, a, b) => {
      fc.pre(one !== other || a !== b);
      expect(userIdOf({ prefix: one }, a)).not.toBe(userIdOf({ prefix: other }, b));
    }),
  );
});
