import { coveredToSeq, type SessionHead, type SummaryRecord } from './head.ts';
import type { StoredItem } from './item.ts';

/** The summaries that an item's change makes untrue, and what takes over. */
export interface Uncovering {
  /** Every summary whose range includes the item. */
  readonly covering: readonly SummaryRecord[];
  /** The newest summary that ends before the item. */
  readonly fallback: SummaryRecord | undefined;
}

/** Whether the head's summary stands for the item. */
export const isCovered = (head: SessionHead, { seq }: Pick<StoredItem, 'seq'>): boolean =>
  seq <= coveredToSeq(head);

/**
 * The head with the summary that ends before a covered item. What the newer one stood for is
 * uncovered again until the next one, made from the originals.
 *
 * @param uncoveredTokens at least those of the items after that summary: too many make the next one
 *   be asked for once too often, which harms nothing.
 */
export function uncover(
  head: SessionHead,
  { fallback }: Pick<Uncovering, 'fallback'>,
  uncoveredTokens: number,
): SessionHead {
  // What was folded can be folded anew: that there was nothing to fold is true no more.
  const { summary: _, nothingToFoldAtSeq: __, ...bare } = head;
  if (!fallback) {
    const { replacement: ___, ...rest } = bare;
    return { ...rest, facts: [], uncoveredTokens };
  }
  const { facts, ...summary } = fallback;
  return { ...bare, summary, facts, uncoveredTokens };
}
