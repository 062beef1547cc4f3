import { coarseDue, earliest } from './append-change.ts';
import type { DueItem, SessionChange } from './change.ts';
import { nextVersion, type SessionHead } from './head.ts';
import { replaceEntries } from './head-window.ts';
import type { StoredItem } from './item.ts';
import { itemBytes } from './item-json.ts';
import { expiryDueAtMs, type RetentionPolicy } from './retention.ts';
import type { Segment } from './segment.ts';
import { decodeSegment, encodeSegment } from './segment-codec.ts';
import { countItems, countSegment } from './tier-counts.ts';
import { leavesTierAtMs, type TierPolicy, tierOf } from './tier-policy.ts';

/** A segment holds at most this many items … */
export const SEGMENT_MAX_ITEMS = 200;
/** … and about this many bytes before compression, unless one item alone is larger. */
export const SEGMENT_TARGET_BYTES = 512 * 1_024;
/** A segment's bytes fit a Firestore document (1 MiB) with room for the rest. */
export const SEGMENT_MAX_BYTES = 900 * 1_024;
/**
 * One step rewrites about this much before compression, unless one item alone is larger. With the
 * head and two neighbours that stays below what one request to a store takes: Firestore 10 MiB, its
 * emulator 4 MiB.
 */
export const STEP_MAX_BYTES = 2 * 1_048_576;
/** A neighbour up to this size is always packed again with what comes. */
const SMALL_SEGMENT_ITEMS = SEGMENT_MAX_ITEMS / 2;

export interface MigrationPolicy extends TierPolicy, RetentionPolicy {
  readonly enableCompression: boolean;
}

export interface MigrationCounts {
  readonly hotToWarm: number;
  readonly warmToCold: number;
  readonly coldToWarm: number;
  /** Items that became hot again because they were read often. */
  readonly toHot: number;
  readonly segmentsWritten: number;
  /** Bytes of what was rewritten, before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export const NOTHING_MOVED: MigrationCounts = {
  hotToWarm: 0,
  warmToCold: 0,
  coldToWarm: 0,
  toHot: 0,
  segmentsWritten: 0,
  bytesBefore: 0,
  bytesAfter: 0,
};

/** Whether a step moved anything. */
export const hasMoved = (counts: MigrationCounts): boolean =>
  counts.hotToWarm + counts.warmToCold + counts.coldToWarm + counts.toHot > 0;

export const addCounts = (a: MigrationCounts, b: MigrationCounts): MigrationCounts => ({
  hotToWarm: a.hotToWarm + b.hotToWarm,
  warmToCold: a.warmToCold + b.warmToCold,
  coldToWarm: a.coldToWarm + b.coldToWarm,
  toHot: a.toHot + b.toHot,
  segmentsWritten: a.segmentsWritten + b.segmentsWritten,
  bytesBefore: a.bytesBefore + b.bytesBefore,
  bytesAfter: a.bytesAfter + b.bytesAfter,
});

export interface Demotion {
  readonly head: SessionHead;
  /** Due items in seq order. */
  readonly due: readonly StoredItem[];
  /** The segments that hold the live items just before and just after them, where these are cold. */
  readonly neighbours: readonly Segment[];
  /** Of the items that are not among `due`. */
  readonly nextDueAtMs: number | undefined;
  readonly nowMs: number;
  readonly policy: MigrationPolicy;
}

export interface MigrationDecision {
  readonly change: SessionChange;
  readonly counts: MigrationCounts;
}

/** The first of the items that one step can rewrite. */
export function withinStep(items: readonly StoredItem[]): readonly StoredItem[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += itemBytes(item);
    return index > 0 && bytes > STEP_MAX_BYTES;
  });
  return end < 0 ? items : items.slice(0, end);
}

/** Whether a change is more than one step should rewrite. */
export const isOverStep = ({ putItems = [], putSegments = [] }: SessionChange): boolean =>
  sum([...putItems.map(({ item }) => itemBytes(item)), ...putSegments.map(storedBytesOf)]) >
  STEP_MAX_BYTES;

/** Decides where due items go: to the warm tier, or packed into cold segments, in one change. */
export function decideDemotion(demotion: Demotion): MigrationDecision {
  const { due, nowMs, policy } = demotion;
  const placed = due.map((item) => ({ item, tier: tierOf(item, nowMs, policy) }));
  // As they are: a segment says nothing of a tier, and their sizes are known.
  const cold = placed.filter(({ tier }) => tier === 'cold').map(({ item }) => item);
  const stays = placed.filter(({ tier }) => tier !== 'cold');
  const kept = stays.map(({ item, tier }) => dueItem({ ...item, tier }, policy));
  const merged = mergeable(demotion.neighbours, cold);
  const segments = pack([...merged.flatMap(decodeSegment), ...cold].sort(bySeq), policy);
  const moved = (from: StoredItem['tier'], to: StoredItem['tier']) =>
    stays.filter(({ item, tier }) => item.tier === from && tier === to).length;
  return {
    change: changeOf(demotion, { kept, cold, segments, merged }),
    counts: {
      ...NOTHING_MOVED,
      hotToWarm: moved('hot', 'warm'),
      toHot: moved('warm', 'hot'),
      warmToCold: cold.length,
      segmentsWritten: segments.length,
      bytesBefore: sum([...cold.map(itemBytes), ...merged.map(storedBytesOf)]),
      bytesAfter: sum(segments.map(storedBytesOf)),
    },
  };
}

interface Moves {
  readonly kept: readonly DueItem[];
  /** As they were. */
  readonly cold: readonly StoredItem[];
  readonly segments: readonly Segment[];
  readonly merged: readonly Segment[];
}

function changeOf(
  { head, due, nextDueAtMs, nowMs, policy }: Demotion,
  moves: Moves,
): SessionChange {
  const { kept, cold, segments, merged } = moves;
  const keptItems = kept.map(({ item }) => item);
  let tiers = countItems(countItems(head.tiers, due, -1), keptItems, 1);
  for (const segment of merged) tiers = countSegment(tiers, segment, -1);
  for (const segment of segments) tiers = countSegment(tiers, segment, 1);
  return {
    sessionKey: head.sessionKey,
    expectedVersion: head.version,
    head: {
      ...withDue(
        replaceItems(head, [
          ...keptItems,
          ...cold.map((item) => ({ ...item, tier: 'cold' as const })),
        ]),
        earliest([nextDueAtMs, expiryDueAtMs(head, policy), ...kept.map(({ dueAtMs }) => dueAtMs)]),
        { nowMs, policy },
      ),
      tiers,
    },
    putItems: kept,
    deleteItems: cold.map(({ seq }) => seq),
    putSegments: segments,
    deleteSegments: merged.map(({ firstSeq }) => firstSeq),
  };
}

/** An item with the instant at which it has to leave the tier that it is in. */
export const dueItem = (item: StoredItem, policy: TierPolicy): DueItem => ({
  item,
  dueAtMs: leavesTierAtMs(item, item.tier, policy),
});

/** The next version of a head, with newer copies of items that it holds. */
export function replaceItems(head: SessionHead, items: readonly StoredItem[]): SessionHead {
  const bySeq = new Map(items.map((item) => [item.seq, item]));
  return {
    ...head,
    window: replaceEntries(head.window, bySeq),
    anchors: replaceEntries(head.anchors, bySeq),
  };
}

/** The head's next version, with its due date set, or without one. */
export function withDue(
  { dueAtMs: _, ...head }: SessionHead,
  dueAtMs: number | undefined,
  { nowMs, policy }: { readonly nowMs: number; readonly policy?: TierPolicy },
): SessionHead {
  const coarse = coarseDue(dueAtMs, nowMs, policy);
  return {
    ...head,
    version: nextVersion(head.version, nowMs),
    ...(coarse === undefined ? {} : { dueAtMs: coarse }),
  };
}

/**
 * The neighbours worth packing again together with what comes: those that fit one segment with it,
 * and small ones. Without it, sessions that cool item by item would end in crumbs.
 */
function mergeable(neighbours: readonly Segment[], cold: readonly StoredItem[]): Segment[] {
  if (cold.length === 0) return [];
  let items = cold.length;
  let bytes = sum(cold.map(itemBytes));
  return neighbours.filter(({ count, rawBytes }) => {
    const fits = items + count <= SEGMENT_MAX_ITEMS && bytes + rawBytes <= SEGMENT_TARGET_BYTES;
    const isSmall = count <= SMALL_SEGMENT_ITEMS && rawBytes <= SEGMENT_TARGET_BYTES / 2;
    if (!fits && !isSmall) return false;
    items += count;
    bytes += rawBytes;
    return true;
  });
}

const bySeq = (a: StoredItem, b: StoredItem): number => a.seq - b.seq;
const storedBytesOf = ({ storedBytes }: Segment): number => storedBytes;

/** Splits items in seq order into segments. */
export function pack(items: readonly StoredItem[], policy: MigrationPolicy): Segment[] {
  const segments: Segment[] = [];
  let batch: StoredItem[] = [];
  let bytes = 0;
  const close = () => {
    if (batch.length > 0) segments.push(encode(batch, policy.enableCompression));
    batch = [];
    bytes = 0;
  };
  for (const item of items) {
    const size = itemBytes(item);
    if (batch.length >= SEGMENT_MAX_ITEMS || bytes + size > SEGMENT_TARGET_BYTES) close();
    batch.push(item);
    bytes += size;
  }
  close();
  return segments;
}

/** One item of control characters alone can outgrow a document as it is: that one is compressed. */
function encode(items: readonly StoredItem[], compress: boolean): Segment {
  const segment = encodeSegment(items, compress);
  return compress || segment.storedBytes <= SEGMENT_MAX_BYTES
    ? segment
    : encodeSegment(items, true);
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
