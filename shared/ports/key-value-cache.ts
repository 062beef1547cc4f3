import type { CacheStats } from './head-cache.ts';

/**
 * Texts by key that may vanish at any time. No key is found from under another prefix.
 *
 * Every method throws `AppError` `unavailable` when the cache cannot be reached.
 */
export interface KeyValueCache {
  /** `undefined`: never set, expired or evicted. */
  get(key: string): Promise<string | undefined>;

  /**
   * Keeps a text for `ttlMs` milliseconds, in place of an earlier one.
   * @throws AppError `invalid-argument` when `ttlMs` is not more than 0: there is no "for ever".
   */
  set(key: string, value: string, ttlMs: number): Promise<void>;

  /** Says whether there was something to forget. */
  delete(key: string): Promise<boolean>;

  /** Forgets every key of this cache, and none of anybody else's. */
  clear(): Promise<void>;

  /** Counters since the cache began, which may be longer ago than this process. */
  stats(): Promise<CacheStats>;
}
