import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
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
  // Counts what this process's heads may not outlive: a head read before an erasure, or before a
  // commit whose outcome is unknown, must not be cached after it; nor one from before another
  // process's commit.
  let losses = 0;
  let knownEpoch = epoch();
  const ground = () => `${losses}/${epoch()}`;

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
    const before = ground();
    try {
      const result = await store.commit(change);
      if (result.status === 'replayed') return result;
      if (ground() === before) await cache.put(change.head);
      else await forget(change.sessionKey);
      return result;
    } catch (thrown) {
      // Either the cached head was stale, or the change may be durable although its answer was lost.
      await forget(change.sessionKey);
      throw thrown;
    }
  }

  async function forget(key: SessionKey): Promise<number> {
    losses++;
    return cache.drop(key);
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
        try {
          const step = await erasure.eraseSession(key, limit);
          return { ...step, cacheKeys: await forget(key) };
        } catch (thrown) {
          // The step may have taken effect, and then nobody asks for it again.
          await forget(key);
          throw thrown;
        }
      },
    },
  };
}
