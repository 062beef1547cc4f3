import { sessionKeyOf } from '../domain/ids.ts';
import { findItem } from './find-item.ts';
import type { HistoryPage, HistoryQuery, ItemView } from './memory.ts';
import { handOut, type ReadDeps, sliceItems } from './timeline.ts';

/** One item, counted as an access. @throws AppError `not-found`. */
export async function readItem(deps: ReadDeps, id: string, owner?: string): Promise<ItemView> {
  const { head, item } = await findItem(deps.store, id, owner);
  const [view] = handOut(deps, head, head.sessionKey, [item]);
  if (!view) throw new TypeError('One item makes one view');
  return view;
}

/** A page of every live item, whatever tier it is in, once and in order; counted as accesses. */
export async function readHistory(deps: ReadDeps, query: HistoryQuery): Promise<HistoryPage> {
  const key = sessionKeyOf(query);
  const { order, limit } = query;
  const fromSeq = query.fromSeq ?? (order === 'asc' ? 1 : Number.MAX_SAFE_INTEGER);
  // One more than asked for tells whether there is another page.
  const log = { fromSeq, order, limit: limit + 1 };
  const found = sliceItems(await deps.store.readLog(key, log), log);
  const items = handOut(deps, query, key, found.slice(0, limit));
  const next = found[limit];
  return next ? { items, nextSeq: next.seq } : { items };
}
