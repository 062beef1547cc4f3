import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, type Keys } from './cursor.ts';

const keysOf = (newest: string, ...older: string[]): Keys => ({
  forSigning: async () => newest,
  accepted: async () => [newest, ...older],
});
const FIRST = 'first-key-of-at-least-32-characters';
const NEXT = 'next-key-of-at-least-32-characters';
const KEYS = keysOf(FIRST);
const OTHER = keysOf(NEXT);

describe('a cursor', () => {
  it('comes back as it went, whatever is in it', async () => {
    const cursor = await encodeCursor(KEYS, ['sessions', 'u1'], [1_700_000_000_000, 'sitzung/ü😀']);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(await decodeCursor(KEYS, ['sessions', 'u1'], cursor)).toEqual([
      1_700_000_000_000,
      'sitzung/ü😀',
    ]);
  });

  it('is refused by another list', async () => {
    const cursor = await encodeCursor(KEYS, ['history', 's1', 'asc'], [51]);
    const others = [['history', 's2', 'asc'], ['history', 's1', 'desc'], ['sessions', 's1'], ['']];
    for (const [kind = '', ...of] of others)
      await expect(decodeCursor(KEYS, [kind, ...of], cursor)).rejects.toThrow('not valid');
  });

  it('is refused when any character was changed, added or lost', async () => {
    const scope = ['history', 's1'] as const;
    const cursor = await encodeCursor(KEYS, scope, [51]);
    for (let at = 0; at < cursor.length; at++) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      await expect(decodeCursor(KEYS, scope, changed)).rejects.toThrow('not valid');
      await expect(decodeCursor(KEYS, scope, cursor.slice(0, at))).rejects.toThrow('not valid');
    }
    for (const wrong of ['', 'x', `${cursor}A`, cursor.slice(1), `${cursor}=`, '%%%'])
      await expect(decodeCursor(KEYS, scope, wrong)).rejects.toThrow('not valid');
  });

  it('can be made by nobody without the key', async () => {
    const scope = ['history', 's1'] as const;
    const made = await encodeCursor(OTHER, scope, [51]);
    await expect(decodeCursor(KEYS, scope, made)).rejects.toThrow('not valid');
    const bare = Buffer.concat([Buffer.alloc(16), Buffer.from('[51]')]).toString('base64url');
    await expect(decodeCursor(KEYS, scope, bare)).rejects.toThrow('not valid');
  });

  it('is signed with HMAC-SHA-256, the scope escaped, cut to 128 bits', async () => {
    // printf %s 'history/s%2F1/%5B51%5D' | openssl dgst -sha256 -hmac first-key-of-at-least-32-characters
    const cursor = await encodeCursor(KEYS, ['history', 's/1'], [51]);
    expect(Buffer.from(cursor, 'base64url').subarray(0, 16).toString('hex')).toBe(
      'd781009a33acbea95c449de3cbd7b7d6',
    );
  });

  it('is refused while nobody was given one', async () => {
    const cursor = await encodeCursor(KEYS, ['history'], [51]);
    const none = { ...KEYS, accepted: async () => [] };
    await expect(decodeCursor(none, ['history'], cursor)).rejects.toThrow('not valid');
  });

  it('outlives its key while that is accepted beside the next one', async () => {
    const scope = ['history', 's1'] as const;
    const old = await encodeCursor(KEYS, scope, [51]);
    const rotated = keysOf(NEXT, FIRST);
    expect(await decodeCursor(rotated, scope, old)).toEqual([51]);
    const fresh = await encodeCursor(rotated, scope, [52]);
    expect(await decodeCursor(OTHER, scope, fresh)).toEqual([52]);
    await expect(decodeCursor(KEYS, scope, fresh)).rejects.toThrow('not valid');
  });
});
