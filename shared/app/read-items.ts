import { itemCountOf } from '../domain/head.ts';
import { type SessionKey, sessionKeyOf } from '../domain/ids.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { findItem } from './find-item.ts';
import { type LogPage, type LogPart, readPage } from './log-page.ts';
import type { HistoryPage, HistoryQuery, ItemView } from './memory.ts';
import { handOut, type OwnReadDeps, type ReadDeps, readItems } from './timeline.ts';

/** One item, counted as an access. @throws AppError `not-found`. */
export async function readItem(deps: OwnReadDeps, id: string, owner?: string): Promise<ItemView> {
  const { head, item } = await findItem(deps.store, id, owner);
  const [view] = await handOut(deps, head, head.sessionKey, [item]);
  if (!view) throw new TypeError('One item makes one view');
  return view;
}

/** Read at once of what the window holds by reference: the largest of them are 16 MiB together. */
const WINDOW_ENTRIES = 64;

/**
 * A page of every live item, whatever tier it is in, once and in order; shorter than asked for where
 * they are large. Counted as accesses.
 */
export async function readHistory(deps: ReadDeps, query: HistoryQuery): Promise<HistoryPage> {
  const key = sessionKeyOf(query);
  const { order, limit, fromSeq } = query;
  const { items, ...next } =
    order === 'desc' && fromSeq === undefined
      ? await newestPage(deps.store, key, limit)
      : await pageFrom(deps.store, key, { fromSeq: fromSeq ?? firstSeqIn(order), order, limit });
  return { items: await handOut(deps, query, key, items), ...next };
}

const firstSeqIn = (order: HistoryQuery['order']): number =>
  order === 'asc' ? 1 : Number.MAX_SAFE_INTEGER;

/** The head is loaded for what a store does with it: nothing that expired is left in the log. */
async function pageFrom(store: SessionStore, key: SessionKey, part: LogPart): Promise<LogPage> {
  const head = await store.loadHead(key);
  return head ? readPage(store, head, part) : { items: [] };
}

/** The newest items, newest first: from the head as far as its window goes, then from the log. */
async function newestPage(store: SessionStore, key: SessionKey, limit: number): Promise<LogPage> {
  const head = await store.loadHead(key);
  if (!head) return { items: [] };
  const entries = head.window.slice(-Math.min(limit, WINDOW_ENTRIES));
  const references = entries.filter(({ item }) => !item).map(({ seq }) => seq);
  const read = await readItems(store, key, references);
  const bySeq = new Map(read.map((item) => [item.seq, item]));
  // One by reference that was deleted meanwhile is missing.
  const items = entries.flatMap(({ seq, item }) => item ?? bySeq.get(seq) ?? []).reverse();
  if (itemCountOf(head) <= entries.length) return { items };
  const nextSeq = (entries[0]?.seq ?? head.lastSeq + 1) - 1;
  if (entries.length === limit) return { items, nextSeq };
  const rest = { fromSeq: nextSeq, order: 'desc', limit: limit - entries.length } as const;
  const { items: older, ...next } = await readPage(store, head, { ...rest, before: items });
  return { items: [...items, ...older], ...next };
}
