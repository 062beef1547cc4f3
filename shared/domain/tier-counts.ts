import type { TierCount, TierCounts } from './head.ts';
import type { StoredItem, Tier } from './item.ts';
import { itemBytes } from './item-json.ts';
import type { SegmentInfo } from './segment.ts';

const NONE: TierCount = { items: 0, bytes: 0, rawBytes: 0 };
export const NO_ITEMS: TierCounts = { hot: NONE, warm: NONE, cold: NONE };

const plus = (a: TierCount, b: TierCount, sign: 1 | -1): TierCount => ({
  items: a.items + sign * b.items,
  bytes: a.bytes + sign * b.bytes,
  rawBytes: a.rawBytes + sign * b.rawBytes,
});

const addTo = (counts: TierCounts, tier: Tier, count: TierCount, sign: 1 | -1): TierCounts => ({
  ...counts,
  [tier]: plus(counts[tier], count, sign),
});

/** Counts the items of `items/` in (`1`) or out (`-1`); cold ones are counted by their segment. */
export function countItems(
  counts: TierCounts,
  items: readonly StoredItem[],
  sign: 1 | -1,
): TierCounts {
  const sums = { hot: { ...NONE }, warm: { ...NONE } };
  for (const item of items) {
    if (item.tier === 'cold') continue;
    const bytes = itemBytes(item);
    const sum = sums[item.tier];
    sums[item.tier] = {
      items: sum.items + 1,
      bytes: sum.bytes + bytes,
      rawBytes: sum.rawBytes + bytes,
    };
  }
  return addTo(addTo(counts, 'hot', sums.hot, sign), 'warm', sums.warm, sign);
}

export const countSegment = (
  counts: TierCounts,
  { count, storedBytes, rawBytes }: SegmentInfo,
  sign: 1 | -1,
): TierCounts => addTo(counts, 'cold', { items: count, bytes: storedBytes, rawBytes }, sign);

/** How many items come to about so many bytes, if they are as large as these are on average; one at least. */
export function itemsWithin(maxBytes: number, counts: readonly TierCount[]): number {
  const items = counts.reduce((sum, count) => sum + count.items, 0);
  const rawBytes = counts.reduce((sum, count) => sum + count.rawBytes, 0);
  return Math.max(1, Math.floor((maxBytes * Math.max(1, items)) / Math.max(1, rawBytes)));
}
