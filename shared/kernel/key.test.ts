import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../domain/ids.ts';
import { composeKey, hashKey } from './key.ts';

/** What separates, escapes or looks alike, in short texts of it, so that two of them seldom differ in much. */
const unit = fc.constantFrom(
  ...['/', '%', '2', 'F', 'f', '\\', '"', 'u', 'd', '8', '0', ':', '.', ' ', '\u0000', '{', '}'],
  ...['a', 'A', 'ä', 'a\u0308', '\ud800', '\udc00', '\ud83d\ude00', '\u200b', 'K', '\u212a'],
);
const part = fc.array(unit, { maxLength: 6 }).map((units) => units.join(''));
const parts = fc.array(part, { minLength: 1, maxLength: 4 });
const asOne = (some: readonly string[]): string => JSON.stringify(some);

describe('a composed key', () => {
  it('is of one list of parts alone, whatever they hold', () => {
    const seen = new Map<string, string>();
    const property = fc.property(parts, (some) => {
      const key = composeKey(...some);
      const before = seen.get(key) ?? asOne(some);
      seen.set(key, asOne(some));
      expect(asOne(some)).toBe(before);
      expect(key.split('/')).toHaveLength(some.length);
    });
    fc.assert(property, { numRuns: 20_000 });
    expect(seen.size).toBeGreaterThan(5_000);
  });

  it('does not begin as that of another list does, up to a separator', () => {
    const property = fc.property(parts, parts, (one, other) => {
      const isPrefix = asOne(other.slice(0, one.length)) === asOne(one);
      const begins = `${composeKey(...other)}/`.startsWith(`${composeKey(...one)}/`);
      expect(begins).toBe(isPrefix);
    });
    fc.assert(property, { numRuns: 5_000 });
  });

  it.each([
    [
      ['a', 'b/c'],
      ['a/b', 'c'],
    ],
    [['a%2Fb'], ['a/b']],
    [['\ud800'], ['\\ud800']],
    [['\u0000'], ['\\u0000']],
    [['é'], ['e\u0301']],
    [['K'], ['\u212a']],
    [['a', ''], ['a']],
  ])('%j and %j do not meet', (one, other) => {
    expect(composeKey(...one)).not.toBe(composeKey(...other));
    expect(hashKey(composeKey(...one))).not.toBe(hashKey(composeKey(...other)));
  });
});

it('two sessions do not meet, whosever they are and however they are called', () => {
  const seen = new Map<string, string>();
  const property = fc.property(part, part, (userId, sessionId) => {
    const key = sessionKeyOf({ userId, sessionId });
    const name = asOne([userId, sessionId]);
    expect(seen.get(key) ?? name).toBe(name);
    seen.set(key, name);
    expect(key).toMatch(/^[a-z2-7]{26}$/);
  });
  fc.assert(property, { numRuns: 10_000 });
});
