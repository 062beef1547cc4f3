import { describe, expect, it } from 'vitest';
import { parseQuery, queryBoolean, queryInt } from './query.ts';

describe('parseQuery', () => {
  it('decodes names and values', () => {
    expect(parseQuery('userId=a%2Fb+c&empty=&flag')).toEqual({
      userId: 'a/b c',
      empty: '',
      flag: '',
    });
    expect(parseQuery('')).toEqual({});
  });

  it('refuses a name given twice', () => {
    expect(() => parseQuery('limit=1&limit=2')).toThrow(
      expect.objectContaining({
        details: { violations: [{ path: 'limit', message: 'is given more than once' }] },
      }),
    );
  });

  it('refuses broken percent-encoding', () => {
    expect(() => parseQuery('a=%ZZ')).toThrow('percent-encoded');
    expect(() => parseQuery('a=%FF')).toThrow('percent-encoded');
  });
});

describe('query values', () => {
  it('reads whole numbers strictly', () => {
    const limit = queryInt(1, 500);
    expect(limit.parse('500')).toBe(500);
    for (const text of ['0', '501', '1.0', '1e2', ' 1', '-1', '', '0x10', '９'])
      expect(limit.safeParse(text).success).toBe(false);
  });

  it('reads true and false and nothing else', () => {
    expect(queryBoolean.parse('true')).toBe(true);
    expect(queryBoolean.parse('false')).toBe(false);
    expect(queryBoolean.safeParse('1').success).toBe(false);
  });
});
