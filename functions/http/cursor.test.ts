import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

const KEYS = ['first-key-of-at-least-32-characters'] as const;
const OTHER = ['other-key-of-at-least-32-characters'] as const;

describe('a cursor', () => {
  it('comes back as it went, whatever is in it', () => {
    const cursor = encodeCursor(KEYS, ['sessions', 'u1'], [1_700_000_000_000, 'sitzung/ü😀']);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeCursor(KEYS, ['sessions', 'u1'], cursor)).toEqual([
      1_700_000_000_000,
      'sitzung/ü😀',
    ]);
  });

  it('is refused by another list', () => {
    const cursor = encodeCursor(KEYS, ['history', 's1', 'asc'], [51]);
    const others = [['history', 's2', 'asc'], ['history', 's1', 'desc'], ['sessions', 's1'], ['']];
    for (const [kind = '', ...of] of others)
      expect(() => decodeCursor(KEYS, [kind, ...of], cursor)).toThrow('not valid');
  });

  it('is refused when any character was changed, added or lost', () => {
    const scope = ['history', 's1'] as const;
    const cursor = encodeCursor(KEYS, scope, [51]);
    for (let at = 0; at < cursor.length; at++) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      expect(() => decodeCursor(KEYS, scope, changed)).toThrow('not valid');
      expect(() => decodeCursor(KEYS, scope, cursor.slice(0, at))).toThrow('not valid');
    }
    for (const wrong of ['', 'x', `${cursor}A`, cursor.slice(1), `${cursor}=`, '%%%'])
      expect(() => decodeCursor(KEYS, scope, wrong)).toThrow('not valid');
  });

  it('can be made by nobody without the key', () => {
    const scope = ['history', 's1'] as const;
    const made = encodeCursor(OTHER, scope, [51]);
    expect(() => decodeCursor(KEYS, scope, made)).toThrow('not valid');
    const bare = Buffer.concat([Buffer.alloc(16), Buffer.from('[51]')]).toString('base64url');
    expect(() => decodeCursor(KEYS, scope, bare)).toThrow('not valid');
  });

  it('is signed with HMAC-SHA-256, the scope escaped, cut to 128 bits', () => {
    // printf %s 'history/s%2F1/%5B51%5D' | openssl dgst -sha256 -hmac first-key-of-at-least-32-characters
    const cursor = encodeCursor(KEYS, ['history', 's/1'], [51]);
    expect(Buffer.from(cursor, 'base64url').subarray(0, 16).toString('hex')).toBe(
      'd781009a33acbea95c449de3cbd7b7d6',
    );
  });

  it('outlives its key while that is accepted beside the next one', () => {
    const scope = ['history', 's1'] as const;
    const old = encodeCursor(KEYS, scope, [51]);
    const rotated = [OTHER[0], KEYS[0]] as const;
    expect(decodeCursor(rotated, scope, old)).toEqual([51]);
    const fresh = encodeCursor(rotated, scope, [52]);
    expect(decodeCursor(OTHER, scope, fresh)).toEqual([52]);
    expect(() => decodeCursor(KEYS, scope, fresh)).toThrow('not valid');
  });
});
