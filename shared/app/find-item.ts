import type { SessionHead } from '../domain/head.ts';
import { parseItemId } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { segmentOf } from '../domain/removal.ts';
import type { Segment } from '../domain/segment.ts';
import { AppError } from '../kernel/app-error.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { Turns } from '../kernel/turns.ts';
import type { OwnedSessionStore } from '../ports/session-store.ts';
import { sliceItems } from './timeline.ts';

export interface FoundItem {
  readonly head: SessionHead;
  readonly item: StoredItem;
  /** Holds the item when it is cold. */
  readonly segment: Segment | undefined;
}

/**
 * The item of an id, in whatever tier it is.
 *
 * @param owner only this user's item is found: another's is as absent as one that never was.
 * @throws AppError `not-found`.
 */
export async function findItem(
  store: OwnedSessionStore,
  id: string,
  owner: string | undefined,
): Promise<FoundItem> {
  const { head, seq } = await findSession(store, id, owner);
  const slice = await store.readSeqs(head.sessionKey, [seq]);
  const item = sliceItems(slice).find((one) => one.seq === seq);
  if (!item) throw absent(id);
  return { head, item, segment: segmentOf(slice.segments, seq) };
}

export interface ItemWriteDeps {
  readonly store: OwnedSessionStore;
  /** Of the sessions that are written to. */
  readonly turns: Turns;
}

interface ItemWrite<T> {
  readonly id: string;
  readonly owner: string | undefined;
  /** Tried again when another writer was first. */
  attempt(): Promise<T>;
}

/**
 * Writes to the session of an item, in its turn. A stranger gets no place among the session's writers:
 * he would wait for them and they for him, where of a session that is not there nobody waits.
 *
 * @throws AppError `not-found`.
 */
export async function writeItem<T>(
  { store, turns }: ItemWriteDeps,
  { id, owner, attempt }: ItemWrite<T>,
): Promise<T> {
  if (owner !== undefined) await findSession(store, id, owner);
  const session = parseItemId(id)?.sessionKey ?? id;
  return turns.take(session, () => retryAborted(attempt));
}

async function findSession(store: OwnedSessionStore, id: string, owner: string | undefined) {
  const place = parseItemId(id);
  const head = place && (await store.loadOwnHead(place.sessionKey, owner));
  if (!head) throw absent(id);
  return { head, seq: place.seq };
}

const absent = (id: string) =>
  new AppError('not-found', 'There is no such item', { details: { id } });
