import { earliest } from './append-change.ts';
import type { SegmentAccesses } from './change.ts';
import type { SessionHead } from './head.ts';
import type { StoredItem } from './item.ts';
import { itemBytes } from './item-json.ts';
import {
  dueItem,
  type MigrationDecision,
  type MigrationPolicy,
  NOTHING_MOVED,
  pack,
  replaceItems,
  withDue,
} from './migration.ts';
import { expiryDueAtMs } from './retention.ts';
import type { Segment } from './segment.ts';
import { decodeSegment } from './segment-codec.ts';
import { countItems, countSegment } from './tier-counts.ts';
import { addAccesses, tierOf } from './tier-policy.ts';

export interface AccessNotes {
  readonly head: SessionHead;
  /** How often each seq was handed out since the last time. */
  readonly counts: ReadonlyMap<number, number>;
  /** Those of them that live in `items/`. */
  readonly items: readonly StoredItem[];
  /** The segments that hold the others. */
  readonly segments: readonly Segment[];
  readonly nowMs: number;
  readonly policy: MigrationPolicy;
}

/**
 * Writes accesses down, in one change, and moves up what is read often again: a warm item becomes
 * hot, a cold one is unpacked. Nothing moves down here: that waits until it is due.
 */
export function decidePromotion(notes: AccessNotes): MigrationDecision {
  const { head, nowMs, policy } = notes;
  const touched = notes.items.map((item) => {
    const counted = count(item, notes);
    const isHot = tierOf(counted, nowMs, policy) === 'hot';
    return isHot ? { ...counted, tier: 'hot' as const } : counted;
  });
  const unpacked = notes.segments.map((segment) => unpack(segment, notes));
  const promoted = unpacked.flatMap(({ up }) => up);
  const rewritten = unpacked.filter(({ up }) => up.length > 0);
  const segments = rewritten.flatMap(({ rest }) => rest);
  let tiers = countItems(countItems(head.tiers, notes.items, -1), [...touched, ...promoted], 1);
  for (const { segment } of rewritten) tiers = countSegment(tiers, segment, -1);
  for (const segment of segments) tiers = countSegment(tiers, segment, 1);
  const staying = unpacked.flatMap((one) => one.staying);
  const puts = [...touched, ...promoted].map((item) => dueItem(item, policy));
  const moved = touched.filter(({ tier }, index) => tier !== notes.items[index]?.tier);
  const dueAtMs = earliest([
    head.dueAtMs,
    expiryDueAtMs(head, policy),
    ...puts.map((put) => put.dueAtMs),
  ]);
  return {
    change: {
      sessionKey: head.sessionKey,
      expectedVersion: head.version,
      head: {
        ...withDue(replaceItems(head, [...touched, ...promoted, ...staying]), dueAtMs, {
          nowMs,
          policy,
        }),
        tiers,
      },
      putItems: puts,
      putSegments: segments,
      deleteSegments: rewritten.map(({ segment }) => segment.firstSeq),
      segmentAccesses: unpacked.filter(({ up }) => up.length === 0).map(({ noted }) => noted),
    },
    counts: {
      ...NOTHING_MOVED,
      toHot: moved.length + promoted.filter(({ tier }) => tier === 'hot').length,
      coldToWarm: promoted.length,
      segmentsWritten: segments.length,
      bytesBefore: rewritten.reduce((sum, { segment }) => sum + segment.storedBytes, 0),
      bytesAfter:
        segments.reduce((sum, { storedBytes }) => sum + storedBytes, 0) +
        promoted.reduce((sum, item) => sum + itemBytes(item), 0),
    },
  };
}

const count = (item: StoredItem, { counts, nowMs, policy }: AccessNotes): StoredItem => {
  const added = counts.get(item.seq) ?? 0;
  return added > 0 ? { ...item, accesses: addAccesses(item.accesses, added, nowMs, policy) } : item;
};

interface Unpacked {
  readonly segment: Segment;
  /** Leaves the segment. */
  readonly up: readonly StoredItem[];
  /** Remains cold. */
  readonly staying: readonly StoredItem[];
  /** What the segment is replaced by. */
  readonly rest: readonly Segment[];
  /** Where nothing leaves: the access counts to keep beside the segment. */
  readonly noted: SegmentAccesses;
}

function unpack(segment: Segment, notes: AccessNotes): Unpacked {
  const items = decodeSegment(segment).map((item) => count(item, notes));
  const placed = items.map((item) => ({ ...item, tier: tierOf(item, notes.nowMs, notes.policy) }));
  // Only what was read moves up: the others have their own due date behind them.
  const up = placed.filter(({ seq, tier }) => tier !== 'cold' && notes.counts.has(seq));
  const leaving = new Set(up.map(({ seq }) => seq));
  const staying = items.filter(({ seq }) => !leaving.has(seq));
  const accesses = Object.fromEntries(
    items.filter((item) => item.accesses.count > 0).map((item) => [item.seq, item.accesses]),
  );
  return {
    segment,
    up,
    staying,
    rest: up.length > 0 ? pack(staying, notes.policy) : [],
    noted: { firstSeq: segment.firstSeq, accesses },
  };
}
