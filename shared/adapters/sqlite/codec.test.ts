import { describe, expect, it } from 'vitest';
import { decodeId, decodeItem, encodeId } from './codec.ts';

describe('an item', () => {
  it('that is not JSON is a data loss', () => {
    expect(() => decodeItem('{"content":"secret')).toThrow(
      expect.objectContaining({
        code: 'data-loss',
        message: 'A stored item is not what was written',
      }),
    );
  });
});

describe('an identifier', () => {
  it.each(['plain', 'a\ud800', 'a\ufffd', '"quoted"', 'back\\slash', 'a\\ud800', '\u{1f600}', ''])(
    '%j is read back as it was',
    (id) => {
      expect(decodeId(encodeId(id))).toBe(id);
    },
  );

  it('is never the same text as another one', () => {
    const ids = ['a\ud800', 'a\\ud800', 'a\ufffd', '"', '\\"', '\\', '\\\\'];
    expect(new Set(ids.map(encodeId)).size).toBe(7);
  });
});
