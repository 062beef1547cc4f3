import type { SessionChange } from './change.ts';
import { coveredToSeq, nextVersion, type SessionHead, type SummaryRecord } from './head.ts';
import type { StoredItem } from './item.ts';
import { type MigrationPolicy, pack } from './migration.ts';
import { holdsSeq, type Segment } from './segment.ts';
import { decodeSegment } from './segment-codec.ts';
import { countItems, countSegment } from './tier-counts.ts';

export interface Removal {
  readonly head: SessionHead;
  readonly item: StoredItem;
  /** Holds the item when it is cold. */
  readonly segment: Segment | undefined;
  /** Every summary whose range includes the item: its text may tell of it. */
  readonly covering: readonly SummaryRecord[];
  /** The newest summary that ends before the item: it takes over. */
  readonly fallback: SummaryRecord | undefined;
  readonly nowMs: number;
  readonly policy: MigrationPolicy;
}

/**
 * Decides the deletion of one item: from its home, from the head's window, anchors and facts, and
 * with every summary that covered it. What such a summary stood for is uncovered again until the
 * next one, made from the originals that are left.
 */
export function decideRemoval(removal: Removal): SessionChange {
  const { head, item, segment, covering, nowMs } = removal;
  const without = ({ seq }: { readonly seq: number }) => seq !== item.seq;
  const rest = segment ? pack(decodeSegment(segment).filter(without), removal.policy) : [];
  let tiers = countItems(head.tiers, [item], -1);
  if (segment) tiers = countSegment(tiers, segment, -1);
  for (const one of rest) tiers = countSegment(tiers, one, 1);
  return {
    sessionKey: head.sessionKey,
    expectedVersion: head.version,
    head: {
      ...uncover(withoutFirst(head, item), removal),
      version: nextVersion(head.version, nowMs),
      deletions: head.deletions + 1,
      tokens: head.tokens - item.tokens,
      tiers,
      window: head.window.filter(without),
      anchors: head.anchors.filter(without),
    },
    deleteItems: segment ? [] : [item.seq],
    deleteSegments: segment ? [segment.firstSeq] : [],
    putSegments: rest,
    deleteSummaries: covering.map(({ id }) => id),
    isRemoval: true,
  };
}

/** Which item is the first one is not known when it may be this one. */
function withoutFirst(head: SessionHead, { createdAtMs }: StoredItem): SessionHead {
  if (head.firstItemAtMs !== createdAtMs) return head;
  const { firstItemAtMs: _, ...rest } = head;
  return rest;
}

/** The head with a summary that does not tell of the item. */
function uncover(head: SessionHead, { item, fallback }: Removal): SessionHead {
  if (coveredToSeq(head) < item.seq) {
    return { ...head, uncoveredTokens: Math.max(0, head.uncoveredTokens - item.tokens) };
  }
  // What was folded can be folded anew: that there was nothing to fold is true no more.
  const { summary: _, nothingToFoldAtSeq: __, ...bare } = head;
  if (!fallback) return { ...bare, facts: [], uncoveredTokens: head.tokens - item.tokens };
  const { facts, ...summary } = fallback;
  // More than is true: the next summary counts again, and asking once too often harms nothing.
  return { ...bare, summary, facts, uncoveredTokens: head.tokens - item.tokens };
}

/** The segment among these that holds the item. */
export const segmentOf = (segments: readonly Segment[], seq: number): Segment | undefined =>
  segments.find((segment) => holdsSeq(segment, seq));
