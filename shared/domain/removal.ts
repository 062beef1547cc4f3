import type { SessionChange } from './change.ts';
import { nextVersion, type SessionHead } from './head.ts';
import type { StoredItem } from './item.ts';
import { type MigrationPolicy, pack } from './migration.ts';
import { holdsSeq, type Segment } from './segment.ts';
import { decodeSegment } from './segment-codec.ts';
import { countItems, countSegment } from './tier-counts.ts';
import { isCovered, type Uncovering, uncover } from './uncover.ts';

/** Every summary that covers the item may tell of it. */
export interface Removal extends Uncovering {
  readonly head: SessionHead;
  readonly item: StoredItem;
  /** Holds the item when it is cold. */
  readonly segment: Segment | undefined;
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
      ...withoutTelling(withoutFirst(head, item), removal),
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
function withoutTelling(head: SessionHead, removal: Removal): SessionHead {
  const { item } = removal;
  if (isCovered(head, item)) return uncover(head, removal, head.tokens - item.tokens);
  return { ...head, uncoveredTokens: Math.max(0, head.uncoveredTokens - item.tokens) };
}

/** The segment among these that holds the item. */
export const segmentOf = (segments: readonly Segment[], seq: number): Segment | undefined =>
  segments.find((segment) => holdsSeq(segment, seq));
