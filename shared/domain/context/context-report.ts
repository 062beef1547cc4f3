import { type Group, groupItems } from '../group.ts';
import { isSystem, type StoredItem, type Tier } from '../item.ts';
import type { ContextLimits, Selection } from './selection.ts';

/** Why an item is in a context or not. */
export type Reason =
  | 'pinned'
  | 'system'
  | 'recent'
  | 'uncovered'
  | 'summarised'
  | 'over-budget'
  | 'over-max-items'
  | 'orphaned-result';

export interface Verdict {
  readonly seq: number;
  readonly kept: boolean;
  readonly reason: Reason;
  readonly tokens: number;
  readonly tier: Tier;
}

export interface OmittedCounts {
  /** Live items that are not verbatim in the context: the sum of the other two. */
  readonly count: number;
  /** Those that the summary shown stands for. */
  readonly summarised: number;
  /** Those that nothing stands for. */
  readonly uncovered: number;
}

/** The items of a context in seq order. */
export const keptItems = <T extends StoredItem>({ before, recent }: Selection<T>): T[] =>
  [...before, ...recent].flatMap(({ items }) => items).sort((a, b) => a.seq - b.seq);

/**
 * Counts what is not shown.
 *
 * @param itemCount live items of the session.
 * @param coveredCount live items up to the summary's `toSeq`.
 */
export function countOmitted(
  selection: Selection<StoredItem>,
  { itemCount, coveredCount }: { readonly itemCount: number; readonly coveredCount: number },
): OmittedCounts {
  const { before, recent, summary } = selection;
  const count = Math.max(0, itemCount - sizeOf(before) - sizeOf(recent));
  const elsewhere = summary ? coveredElsewhere(selection, summary.toSeq) : 0;
  const summarised = summary ? Math.min(count, Math.max(0, coveredCount - elsewhere)) : 0;
  return { count, summarised, uncovered: count - summarised };
}

const sizeOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, { items }) => sum + items.length, 0);

/**
 * Items up to a summary's end that it does not stand for: those that are shown, and system items that
 * are left out, of which no summary tells.
 */
function coveredElsewhere(selection: Selection<StoredItem>, toSeq: number): number {
  const shown = keptItems(selection).filter(({ seq }) => seq <= toSeq);
  const omitted = [...selection.omittedSystem.keys()].filter((seq) => seq <= toSeq);
  return shown.length + omitted.length;
}

export interface ExplainOptions {
  readonly limits: ContextLimits;
  readonly maxItems?: number | undefined;
}

/** Says of each item whether it is in the context, and why; `items` in seq order. */
export function explain(
  selection: Selection<StoredItem>,
  items: readonly StoredItem[],
  options: ExplainOptions,
): Verdict[] {
  const kept = keptReasons(selection, options);
  const orphans = new Set(groupItems(items).orphans.map(({ seq }) => seq));
  return items.map((item) => {
    const { seq, tokens, tier } = item;
    const reason = kept.get(seq);
    if (reason) return { seq, kept: true, reason, tokens, tier };
    const why = omittedReason(selection, item, orphans.has(seq));
    return { seq, kept: false, reason: why, tokens, tier };
  });
}

function keptReasons(
  { before, recent }: Selection<StoredItem>,
  { limits, maxItems }: ExplainOptions,
): ReadonlyMap<number, Reason> {
  const reasons = new Map<number, Reason>();
  let rank = 0;
  const groups = [...before, ...recent].map(({ items }) => items);
  groups.sort((a, b) => (b.at(-1)?.seq ?? 0) - (a.at(-1)?.seq ?? 0));
  for (const items of groups) {
    const anchor = items.some(({ pinned }) => pinned)
      ? 'pinned'
      : items.some(isSystem)
        ? 'system'
        : undefined;
    const isRecent = maxItems !== undefined || rank < limits.maxContextItems;
    if (!anchor) rank += items.length;
    for (const { seq } of items) reasons.set(seq, anchor ?? (isRecent ? 'recent' : 'uncovered'));
  }
  return reasons;
}

function omittedReason(
  { summary, stop, omittedSystem }: Selection,
  item: StoredItem,
  isOrphan: boolean,
): Reason {
  // System items that a head no longer lists as anchors are too many, not too long.
  if (isSystem(item)) return omittedSystem.get(item.seq) ?? 'over-max-items';
  if (summary && item.seq <= summary.toSeq) return 'summarised';
  if (isOrphan) return 'orphaned-result';
  return stop ?? 'over-budget';
}
