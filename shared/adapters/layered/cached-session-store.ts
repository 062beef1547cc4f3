import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { HeadCache } from '../../ports/head-cache.ts';
import type { CommitResult, SessionStore } from '../../ports/session-store.ts';
import { uncachedErasure, uncachedReads } from './uncached.ts';

interface CachedStores {
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
  readonly cache: HeadCache;
  /**
   * Changes when another process committed. Cached heads are dropped then: what this process did
   * not write itself it cannot vouch for.
   */
  readonly epoch: () => number;
}

/**
 * Puts the hot tier in front of the durable store: heads come from the cache, everything else from
 * the store. A commit is durable before it is cached.
 */
export function cachedStores({ store, erasure, cache, epoch }: CachedStores): {
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
} {
  // Counts removals. A head read before one and cached after it would bring back what is gone; one
  // read before another process's commit and cached after it would hide that commit.
  let removals = 0;
  let knownEpoch = epoch();
  const ground = () => `${removals}/${epoch()}`;

  async function loadHead(key: SessionKey): Promise<SessionHead | undefined> {
    if (knownEpoch !== epoch()) {
      knownEpoch = epoch();
      await cache.clear();
    }
    const cached = await cache.get(key);
    if (cached) return cached;
    const before = ground();
    const head = await store.loadHead(key);
    if (head && ground() === before) await cache.put(head);
    return head;
  }

  async function commit(change: SessionChange): Promise<CommitResult> {
    try {
      const before = ground();
      const result = await store.commit(change);
      if (result.status === 'committed' && ground() === before) await cache.put(change.head);
      return result;
    } catch (thrown) {
      // The cached head was stale: the next attempt must see the durable one.
      if (AppError.from(thrown).code === 'aborted') await cache.drop(change.sessionKey);
      throw thrown;
    }
  }

  return {
    store: {
      loadHead,
      commit,
      ...uncachedReads(store),
    },
    erasure: {
      ...uncachedErasure(erasure),
      async eraseSession(key, limit) {
        removals++;
        const step = await erasure.eraseSession(key, limit);
        removals++;
        return step;
      },
    },
  };
}
