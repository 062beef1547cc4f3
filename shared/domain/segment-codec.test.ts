import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredItem } from './item.ts';
import { decodeSegment, encodeSegment } from './segment-codec.ts';

const item = (seq: number, more: Partial<StoredItem> = {}): StoredItem => ({
  seq,
  content: `Message ${seq}`,
  contentType: 'user_message',
  createdAtMs: 1_700_000_000_000 + seq * 1_000,
  tokens: 3,
  pinned: false,
  tier: 'cold',
  accesses: { count: 0, atMs: 0 },
  ...more,
});

const anyItem = (seq: number) =>
  fc
    .record(
      {
        content: fc.string({ unit: 'binary', maxLength: 300 }),
        contentType: fc.constantFrom('user_message', 'tool_call', 'own.type'),
        createdAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
        tokens: fc.nat(),
        pinned: fc.boolean(),
        metadata: fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<never>,
        toolCallId: fc.string(),
        source: fc.constant({ format: 'openai', message: { role: 'user' } } as const),
        accesses: fc.constantFrom({ count: 0, atMs: 0 }, { count: 2.5, atMs: 77 }),
      },
      { requiredKeys: ['content', 'contentType', 'createdAtMs', 'tokens', 'pinned', 'accesses'] },
    )
    .map((fields) => item(seq, JSON.parse(JSON.stringify(fields))));

const anyRun = fc
  .uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 30 })
  .map((seqs) => seqs.sort((a, b) => a - b))
  .chain((seqs) => fc.tuple(...seqs.map(anyItem)));

describe('a segment', () => {
  it.each([true, false])('gives back every item as it was (compressed: %s)', (compress) => {
    fc.assert(
      fc.property(anyRun, (items) => {
        const segment = encodeSegment(items, compress);
        expect(decodeSegment(segment)).toEqual(items);
        expect(segment.count).toBe(items.length);
        expect(segment.storedBytes).toBe(segment.bytes.byteLength);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps lone surrogates and NUL, which UTF-8 has no form for', () => {
    const odd = item(1, { content: 'a\ud800b\u0000c\udfff' });
    expect(decodeSegment(encodeSegment([odd], true))).toEqual([odd]);
  });

  it('says what it holds without being decoded', () => {
    const items = [item(3), item(4), item(9, { accesses: { count: 2, atMs: 5 } })];
    expect(encodeSegment(items, true)).toMatchObject({
      firstSeq: 3,
      lastSeq: 9,
      count: 3,
      runs: [
        { fromSeq: 3, toSeq: 4 },
        { fromSeq: 9, toSeq: 9 },
      ],
      codec: 'columns-zstd',
      fromAtMs: 1_700_000_003_000,
      toAtMs: 1_700_000_009_000,
      accesses: { 9: { count: 2, atMs: 5 } },
    });
  });

  it('is far smaller than its items when they are alike', () => {
    const items = Array.from({ length: 200 }, (_, index) => item(index + 1));
    const { rawBytes, storedBytes } = encodeSegment(items, true);
    expect(rawBytes / storedBytes).toBeGreaterThan(5);
  });

  it('is refused as lost when a byte of it was changed', () => {
    const segment = encodeSegment([item(1)], true);
    const bytes = Uint8Array.from(segment.bytes);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => decodeSegment({ ...segment, bytes })).toThrow(
      expect.objectContaining({ code: 'data-loss' }),
    );
  });

  it('is refused as lost when its codec is unknown or its count does not match', () => {
    const segment = encodeSegment([item(1), item(2)], true);
    const lost = expect.objectContaining({ code: 'data-loss' });
    expect(() => decodeSegment({ ...segment, codec: 'columns-from-the-future' })).toThrow(lost);
    expect(() => decodeSegment({ ...segment, runs: [{ fromSeq: 1, toSeq: 3 }] })).toThrow(lost);
  });

  it('is not decompressed past the size that was written', () => {
    const segment = encodeSegment([item(1, { content: 'x'.repeat(100_000) })], true);
    expect(() => decodeSegment({ ...segment, rawBytes: 1_000 })).toThrow();
  });
});
