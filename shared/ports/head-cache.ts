import type { SessionHead } from '../domain/head.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { CacheCounters } from '../domain/metrics/cache-figures.ts';

export type CacheStats = CacheCounters;

/**
 * The hot tier's copy of session heads. Disposable: losing any of it changes latency, never an
 * answer. Methods are synchronous where the cache is in this process, so that a hit costs no promise.
 */
export interface HeadCache {
  get(key: SessionKey): SessionHead | undefined | Promise<SessionHead | undefined>;

  /** Keeps the head unless a newer version is there already, in one atomic step. */
  put(head: SessionHead): void | Promise<void>;

  /**
   * Forgets a session; says how many entries that were. For some seconds no version from before the
   * drop is kept: a slow reader may still put what it loaded before.
   */
  drop(key: SessionKey): number | Promise<number>;

  clear(): void | Promise<void>;

  stats(): CacheStats | Promise<CacheStats>;
}
