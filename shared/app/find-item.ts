import type { SessionHead } from '../domain/head.ts';
import { parseItemId } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { segmentOf } from '../domain/removal.ts';
import type { Segment } from '../domain/segment.ts';
import { AppError } from '../kernel/app-error.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { sliceItems } from './timeline.ts';

export interface FoundItem {
  readonly head: SessionHead;
  readonly item: StoredItem;
  /** Holds the item when it is cold. */
  readonly segment: Segment | undefined;
}

/** The session that an id names an item of; of no id, the text itself. */
export const sessionOf = (id: string): string => parseItemId(id)?.sessionKey ?? id;

/**
 * The item of an id, in whatever tier it is.
 *
 * @param owner only this user's item is found: another's is as absent as one that never was.
 * @throws AppError `not-found`.
 */
export async function findItem(
  store: SessionStore,
  id: string,
  owner: string | undefined,
): Promise<FoundItem> {
  const place = parseItemId(id);
  const head = place && (await store.loadHead(place.sessionKey));
  if (!place || !head || (owner !== undefined && head.userId !== owner)) throw absent(id);
  const slice = await store.readSeqs(place.sessionKey, [place.seq]);
  const item = sliceItems(slice).find(({ seq }) => seq === place.seq);
  if (!item) throw absent(id);
  return { head, item, segment: segmentOf(slice.segments, place.seq) };
}

const absent = (id: string) =>
  new AppError('not-found', 'There is no such item', { details: { id } });
