import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

describe('a cursor', () => {
  it('comes back as it went, whatever is in it', () => {
    const cursor = encodeCursor(['sessions', 'u1'], [1_700_000_000_000, 'sitzung/ü😀']);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeCursor(['sessions', 'u1'], cursor)).toEqual([1_700_000_000_000, 'sitzung/ü😀']);
  });

  it('is refused by another list', () => {
    const cursor = encodeCursor(['history', 's1', 'asc'], [51]);
    for (const scope of [
      ['history', 's2', 'asc'],
      ['history', 's1', 'desc'],
      ['sessions', 's1'],
    ])
      expect(() => decodeCursor(['', ...scope].slice(1) as [string], cursor)).toThrow('not valid');
  });

  it('is refused when any character was changed, added or lost', () => {
    const scope = ['history', 's1'] as const;
    const cursor = encodeCursor(scope, [51]);
    for (let at = 0; at < cursor.length; at++) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      expect(() => decodeCursor(scope, changed)).toThrow('not valid');
    }
    for (const wrong of ['', 'x', `${cursor}A`, cursor.slice(1), `${cursor}=`, '%%%'])
      expect(() => decodeCursor(scope, wrong)).toThrow('not valid');
  });
});
