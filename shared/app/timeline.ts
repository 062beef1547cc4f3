import { coveredToSeq, type SessionHead } from '../domain/head.ts';
import { itemIdOf, type SessionKey, type SessionRef } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { decodeSegment } from '../domain/segment-codec.ts';
import { itemsWithin } from '../domain/tier-counts.ts';
import { accessCountOf, isDecidedBy, type TierPolicy } from '../domain/tier-policy.ts';
import type { Clock } from '../kernel/clock.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type {
  LogQuery,
  LogSlice,
  OwnedSessionStore,
  SessionStore,
} from '../ports/session-store.ts';
import type { ItemView } from './memory.ts';

/** The items of a slice in order: segments decoded, both homes merged, cut to what was asked for. */
export function sliceItems(slice: LogSlice, query?: LogQuery): StoredItem[] {
  const order = query?.order ?? 'asc';
  const items = [...slice.items, ...slice.segments.flatMap(decodeSegment)];
  items.sort((a, b) => (order === 'asc' ? a.seq - b.seq : b.seq - a.seq));
  if (!query) return items;
  const { fromSeq, limit } = query;
  return items
    .filter(({ seq }) => (order === 'asc' ? seq >= fromSeq : seq <= fromSeq))
    .slice(0, limit);
}

/** Exactly these items, in seq order; what does not exist is missing. */
export async function readItems(
  store: SessionStore,
  key: SessionKey,
  seqs: readonly number[],
): Promise<StoredItem[]> {
  if (seqs.length === 0) return [];
  const wanted = new Set(seqs);
  return sliceItems(await store.readSeqs(key, seqs)).filter(({ seq }) => wanted.has(seq));
}

const READ_MAX_ITEMS = 500;
const READ_MAX_BYTES = 8 * 1_048_576;

/** How many items of a session are read together: fewer where they are large on average. */
export const readTogether = ({ tiers: { hot, warm, cold } }: Pick<SessionHead, 'tiers'>): number =>
  Math.min(READ_MAX_ITEMS, itemsWithin(READ_MAX_BYTES, [hot, warm, cold]));

/** All items of a range in pages: the memory in use does not grow with the session. */
export async function* pagesOf(
  store: SessionStore,
  head: SessionHead,
  { fromSeq, toSeq }: { readonly fromSeq: number; readonly toSeq: number },
): AsyncGenerator<readonly StoredItem[]> {
  const limit = readTogether(head);
  for (let next = fromSeq; next <= toSeq; ) {
    const query = { fromSeq: next, order: 'asc', limit } as const;
    const page = sliceItems(await store.readLog(head.sessionKey, query), query);
    const within = page.filter(({ seq }) => seq <= toSeq);
    if (within.length > 0) yield within;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    next = last.seq + 1;
  }
}

/** Everything that a summary made now could cover. */
export const uncoveredPages = (store: SessionStore, head: SessionHead) =>
  pagesOf(store, head, { fromSeq: coveredToSeq(head) + 1, toSeq: head.lastSeq });

/**
 * An item as its caller sees it.
 *
 * @param pending accesses that are counted but not written down yet.
 */
export function viewOf(
  session: SessionRef & { readonly sessionKey: SessionKey },
  { accesses, ...item }: StoredItem,
  pending: number,
  nowMs: number,
  policy: TierPolicy,
): ItemView {
  return {
    id: itemIdOf(session.sessionKey, item.seq),
    userId: session.userId,
    sessionId: session.sessionId,
    ...item,
    accessCount: accessCountOf(accesses, nowMs, policy) + pending,
  };
}

export interface ReadDeps {
  readonly store: SessionStore;
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly options: TierPolicy;
}

/** For what is asked for by an id, which may be another's. */
export interface OwnReadDeps extends ReadDeps {
  readonly store: OwnedSessionStore;
}

/**
 * Items as the caller sees them, each of them an access. A promise only where accesses decide a tier:
 * a migration may run in another process as soon as this one has answered.
 */
export function handOut(
  { accessLog, clock, options }: Omit<ReadDeps, 'store'>,
  { userId, sessionId }: SessionRef,
  sessionKey: SessionKey,
  items: readonly StoredItem[],
): ItemView[] | Promise<ItemView[]> {
  const session = { userId, sessionId, sessionKey };
  accessLog.record(
    session,
    sessionKey,
    items.map(({ seq }) => seq),
  );
  const nowMs = clock.now();
  let isDecisive = false;
  const views = items.map((item) => {
    const pending = accessLog.pending(sessionKey, item.seq);
    isDecisive ||= isDecidedBy(pending, item, nowMs, options);
    return viewOf(session, item, pending, nowMs, options);
  });
  return (isDecisive && accessLog.hasten(sessionKey)?.then(() => views)) || views;
}
