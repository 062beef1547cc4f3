import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { OwnedSessionStore, SessionStore } from '../../ports/session-store.ts';
import { uncachedReads } from './uncached.ts';

export interface Expiring {
  readonly store: SessionStore;
  /** Whether a head may tell of items that are past their retention. */
  isDue(head: SessionHead): boolean;
  /** Deletes those. */
  expire(key: SessionKey): Promise<void>;
}

/**
 * A store whose heads tell of nothing that is past its retention: what has expired is deleted before
 * the head is given out, so no reader can meet it, and none has to look for it. Whoever reads a log
 * loads the head first. A stranger deletes nothing: whose the head is comes before what it tells.
 */
export function expiringSessionStore({ store, isDue, expire }: Expiring): OwnedSessionStore {
  const load = (key: SessionKey, isAllowed: (head: SessionHead) => boolean, purpose?: 'commit') =>
    store.loadHead(key, purpose).then((head) => {
      if (!head || !isAllowed(head)) return undefined;
      return isDue(head) ? expire(key).then(() => store.loadHead(key, purpose)) : head;
    });
  return {
    ...uncachedReads(store),
    commit: (change) => store.commit(change),
    loadHead: (key, purpose) => load(key, () => true, purpose),
    loadOwnHead: (key, owner) => load(key, ({ userId }) => owner === undefined || userId === owner),
  };
}
