import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { decideAppend } from './append-change.ts';
import { itemCountOf } from './head.ts';
import { NO_ACCESSES, type StoredItem } from './item.ts';
import { decideDemotion, type MigrationPolicy, pack, SEGMENT_MAX_BYTES } from './migration.ts';
import { decidePromotion } from './promotion.ts';
import { decodeSegment, encodeSegment } from './segment-codec.ts';

const NOW = Date.UTC(2026, 5, 1);
const POLICY: MigrationPolicy = {
  hotTierMaxAgeDays: 7,
  warmTierMaxAgeDays: 30,
  minAccessCountHot: 5,
  minAccessCountWarm: 2,
  accessHalfLifeDays: 7,
  enableCompression: true,
  retentionDays: 0,
};
const LIMITS = {
  ...POLICY,
  windowMaxItems: 50,
  summarizationThreshold: 25,
  maxContextTokens: 4_000,
};
const SESSION = { userId: 'u', sessionId: 's' };

const item = (seq: number, ageDays: number, more: Partial<StoredItem> = {}): StoredItem => ({
  seq,
  content: `Message ${seq}`,
  contentType: 'user_message',
  createdAtMs: NOW - ageDays * DAY_MS,
  tokens: 3,
  pinned: false,
  tier: 'hot',
  accesses: NO_ACCESSES,
  ...more,
});

const headOf = (items: readonly StoredItem[]) =>
  decideAppend({
    head: undefined,
    session: SESSION,
    items,
    replays: [],
    guard: { startedAtMs: NOW, isEvent: false },
    nowMs: NOW,
    limits: LIMITS,
  }).change.head;

const demote = (items: readonly StoredItem[], more = {}) =>
  decideDemotion({
    head: headOf(items),
    due: items,
    neighbours: [],
    nextDueAtMs: undefined,
    nowMs: NOW,
    policy: POLICY,
    ...more,
  });

describe('a demotion', () => {
  it('puts every due item into exactly one home', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 8, max: 60 }), { minLength: 1, maxLength: 450 }),
        (ages) => {
          const items = ages.map((age, index) => item(index + 1, age));
          const { change } = demote(items);
          const kept = (change.putItems ?? []).map((put) => put.item.seq);
          const cold = (change.putSegments ?? []).flatMap(decodeSegment).map(({ seq }) => seq);
          expect(change.deleteItems).toEqual(cold);
          expect([...kept, ...cold].sort((a, b) => a - b)).toEqual(items.map(({ seq }) => seq));
          expect(itemCountOf(change.head)).toBe(items.length);
          expect(change.head.tiers.cold.items).toBe(cold.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('counts what moved, and leaves a date for what is warm now', () => {
    const { change, counts } = demote([item(1, 40), item(2, 10), item(3, 10)]);
    expect(counts).toMatchObject({ hotToWarm: 2, warmToCold: 1, segmentsWritten: 1 });
    // Warm until the item is 30 days old, to the next whole minute.
    expect(change.head.dueAtMs).toBe(NOW + 20 * DAY_MS + 60_000);
    expect(change.head.tiers.warm.items).toBe(2);
  });

  it('tells the head that items in its window are cold now', () => {
    const { change } = demote([item(1, 40), item(2, 10)]);
    expect(change.head.window.map((entry) => entry.item?.tier)).toEqual(['cold', 'warm']);
  });

  it('merges a small segment with what comes right after it', () => {
    const before = [item(1, 90), item(2, 90)];
    const due = [item(3, 40), item(4, 40)];
    const neighbour = encodeSegment(
      before.map((one) => ({ ...one, tier: 'cold' })),
      true,
    );
    const { change } = demote(due, { neighbours: [neighbour] });
    expect(change.deleteSegments).toEqual([1]);
    expect(change.putSegments?.map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq])).toEqual([
      [1, 4],
    ]);
    expect(change.deleteItems).toEqual([3, 4]);
  });

  it('packs both neighbours and what cools between them into one segment', () => {
    const cold = (...seqs: number[]) =>
      encodeSegment(
        seqs.map((seq) => item(seq, 90, { tier: 'cold' })),
        true,
      );
    const { change } = demote([item(5, 40)], { neighbours: [cold(1, 4, 7), cold(6, 8)] });
    expect(change.deleteSegments).toEqual([1, 6]);
    expect((change.putSegments ?? []).flatMap(decodeSegment).map(({ seq }) => seq)).toEqual([
      1, 4, 5, 6, 7, 8,
    ]);
    expect(change.putSegments).toHaveLength(1);
  });

  it('leaves a large neighbour as it is', () => {
    const many = Array.from({ length: 200 }, (_, index) => item(index + 1, 90, { tier: 'cold' }));
    const { change } = demote([item(201, 40)], { neighbours: [encodeSegment(many, true)] });
    expect(change.deleteSegments).toEqual([]);
    expect(change.putSegments?.map(({ firstSeq }) => firstSeq)).toEqual([201]);
  });
});

describe('segments', () => {
  it('hold at most 200 items', () => {
    const items = Array.from({ length: 401 }, (_, index) => item(index + 1, 40));
    expect(pack(items, POLICY).map(({ count }) => count)).toEqual([200, 200, 1]);
  });

  it.each([true, false])('fit a document with the largest items allowed (compressed: %s)', (on) => {
    // Control characters take six bytes each in JSON: the worst that 256 KiB of content can be.
    const worst = Array.from({ length: 5 }, (_, index) =>
      item(index + 1, 40, { content: '\u0001\u0002\u0003\u0004'.repeat(65_536) }),
    );
    const segments = pack(worst, { ...POLICY, enableCompression: on });
    for (const { storedBytes } of segments) expect(storedBytes).toBeLessThan(SEGMENT_MAX_BYTES);
    expect(segments.flatMap(decodeSegment).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a promotion', () => {
  const promote = (
    items: readonly StoredItem[],
    counts: readonly (readonly [number, number])[],
  ) => {
    const { change } = demote(items);
    return decidePromotion({
      head: change.head,
      counts: new Map(counts),
      items: (change.putItems ?? []).map((put) => put.item),
      segments: change.putSegments ?? [],
      nowMs: NOW,
      policy: POLICY,
    });
  };

  it('unpacks a cold item that is read often again, and packs the rest anew', () => {
    const { change, counts } = promote([item(1, 40), item(2, 40), item(3, 40)], [[2, 2]]);
    expect(counts.coldToWarm).toBe(1);
    expect(change.putItems?.map((put) => [put.item.seq, put.item.tier])).toEqual([[2, 'warm']]);
    expect(change.deleteSegments).toEqual([1]);
    expect((change.putSegments ?? []).flatMap(decodeSegment).map(({ seq }) => seq)).toEqual([1, 3]);
    expect(change.head.tiers).toMatchObject({ warm: { items: 1 }, cold: { items: 2 } });
  });

  it('notes a single access of a cold item beside its segment', () => {
    const { change, counts } = promote([item(1, 40), item(2, 40)], [[2, 1]]);
    expect(counts.coldToWarm).toBe(0);
    expect(change.putSegments).toEqual([]);
    expect(change.segmentAccesses).toEqual([
      { firstSeq: 1, accesses: { 2: { count: 1, atMs: NOW } } },
    ]);
  });

  it('notes the access of a cold item in the window of the head too', () => {
    const { change } = promote([item(1, 40), item(2, 40), item(3, 40)], [[1, 1]]);
    const counts = change.head.window.map((entry) => entry.item?.accesses.count);
    expect(counts).toEqual([1, 0, 0]);
  });

  it('makes a warm item hot after five accesses', () => {
    const { change, counts } = promote([item(1, 10)], [[1, 5]]);
    expect(counts.toHot).toBe(1);
    expect(change.putItems?.[0]?.item).toMatchObject({ tier: 'hot', accesses: { count: 5 } });
    expect(change.head.tiers).toMatchObject({ hot: { items: 1 }, warm: { items: 0 } });
  });
});
