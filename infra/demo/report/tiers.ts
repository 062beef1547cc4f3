import type { Snapshot } from '../snapshot.ts';
import { kib, ratio, whole } from './figures.ts';
import { table } from './table.ts';

/** Items, bytes and compression per tier, a row for each age. */
export function tiersTable(snapshots: readonly Snapshot[]): string[] {
  const hasBytes = snapshots.some(({ tiers }) => tiers.hasBytes);
  const head = hasBytes
    ? ['', 'items', 'hot', 'KiB', 'warm', 'KiB', 'cold', 'KiB raw', 'KiB kept', 'ratio']
    : ['', 'items', 'hot', 'warm', 'cold'];
  return table([head, ...snapshots.map((snapshot) => row(snapshot, hasBytes))]);
}

function row({ age, items, tiers: { hot, warm, cold } }: Snapshot, hasBytes: boolean): string[] {
  const counts = [hot, warm, cold].map((tier) => whole(tier.items));
  const [hots = '', warms = '', colds = ''] = counts;
  const start = [age, whole(items)];
  if (!hasBytes) return [...start, ...counts];
  const raw = cold.rawBytes ?? cold.bytes;
  return [
    ...start,
    hots,
    kib(hot.bytes),
    warms,
    kib(warm.bytes),
    colds,
    kib(raw),
    kib(cold.bytes),
    ratio(raw, cold.bytes),
  ];
}
