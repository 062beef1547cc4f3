import type { SessionHead } from '../domain/head.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { holdsSeq, type Segment } from '../domain/segment.ts';
import type { LogQuery, SessionStore } from '../ports/session-store.ts';

export interface Between {
  readonly head: SessionHead;
  /** In seq order. */
  readonly items: readonly StoredItem[];
  /** An item behind them that is known not to be cold. */
  readonly next: StoredItem | undefined;
  /** Segments that were written with this version of the head. */
  readonly written: readonly Segment[];
}

/**
 * The segments that hold the live items just before and just after these, where those are cold. What
 * is known already is not read.
 */
export async function neighboursOf(
  store: SessionStore,
  between: Between,
): Promise<readonly Segment[]> {
  if (between.head.tiers.cold.items === 0) return [];
  const found = await Promise.all([segmentBefore(store, between), segmentAfter(store, between)]);
  const byFirstSeq = new Map(found.flat().map((segment) => [segment.firstSeq, segment]));
  return [...byFirstSeq.values()];
}

async function segmentBefore(
  store: SessionStore,
  { head, items, written }: Between,
): Promise<readonly Segment[]> {
  const seq = (items[0]?.seq ?? 1) - 1;
  if (seq < 1) return [];
  const known = written.find((segment) => holdsSeq(segment, seq));
  if (known) return [known];
  return segmentNextTo(store, head.sessionKey, { fromSeq: seq, order: 'desc', limit: 1 });
}

async function segmentAfter(
  store: SessionStore,
  { head, items, next }: Between,
): Promise<readonly Segment[]> {
  const seq = (items.at(-1)?.seq ?? head.lastSeq) + 1;
  if (seq > head.lastSeq || next?.seq === seq || isWarmer(head, seq)) return [];
  return segmentNextTo(store, head.sessionKey, { fromSeq: seq, order: 'asc', limit: 1 });
}

/** The head itself tells that the item is not cold. */
const isWarmer = ({ window }: SessionHead, seq: number): boolean =>
  window.some((entry) => entry.seq === seq && entry.item && entry.item.tier !== 'cold');

async function segmentNextTo(
  store: SessionStore,
  key: SessionKey,
  query: LogQuery,
): Promise<readonly Segment[]> {
  const { items, segments } = await store.readLog(key, query);
  // An item in `items/` that is nearer than the segment comes alone.
  return items.length === 0 ? segments.slice(0, 1) : [];
}
