import { LRUCache } from 'lru-cache';
import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import { roomFor } from '../../kernel/room-for.ts';
import type { CacheStats, HeadCache } from '../../ports/head-cache.ts';
import { headBytes } from './head-bytes.ts';

export interface LruHeadCacheOptions {
  readonly maxSizeBytes: number;
  /** Time to live of a head in milliseconds; absent: until it is evicted or dropped. */
  readonly ttlMs?: number;
  /** Where lifetimes are read from, in milliseconds; default: the process's monotonic clock. */
  readonly perf?: { now(): number };
}

// A read that began before its head was changed and evicted, or dropped, puts the old one after that.
// Longer than any read of a local store takes.
const FLOOR_TTL_MS = 10 * SECOND_MS;
const MAX_FLOORS = 10_000;

/** The hot tier in this process. Synchronous: a hit costs no promise. */
export class LruHeadCache implements HeadCache {
  readonly #heads: LRUCache<SessionKey, SessionHead>;
  /** The lowest version that may come back of heads that are no longer here. */
  readonly #floors: LRUCache<SessionKey, number>;
  /** At most the size that the cache was made with. */
  #limitBytes: number;
  #share = 1;
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor({ maxSizeBytes, ttlMs, perf = performance }: LruHeadCacheOptions) {
    // Resolution 0: lru-cache would start a timer of its own to look at the clock less often.
    const time = { perf, ttlResolution: 0 };
    this.#limitBytes = maxSizeBytes;
    this.#heads = new LRUCache({
      ...time,
      maxSize: maxSizeBytes,
      sizeCalculation: headBytes,
      dispose: ({ version }, key, reason) => {
        if (reason === 'evict') this.#evictions++;
        if (reason !== 'set') this.#floors.set(key, version);
      },
      ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
    });
    this.#floors = new LRUCache({ ...time, ...roomFor(MAX_FLOORS), ttl: FLOOR_TTL_MS });
  }

  get(key: SessionKey): SessionHead | undefined {
    const head = this.#heads.get(key);
    if (head) this.#hits++;
    else this.#misses++;
    return head;
  }

  put(head: SessionHead): void {
    const key = head.sessionKey;
    const floor = this.#heads.peek(key)?.version ?? this.#floors.get(key) ?? 0;
    if (head.version < floor) return;
    this.#heads.set(key, head);
    while (this.#heads.calculatedSize > this.#limitBytes) this.#heads.pop();
  }

  drop(key: SessionKey): number {
    const dropped = this.#heads.delete(key) ? 1 : 0;
    const version = this.#floors.get(key);
    // Between the version dropped, which must not come back, and the next one, which may.
    if (version !== undefined) this.#floors.set(key, Math.floor(version) + 0.5);
    return dropped;
  }

  /**
   * Uses at most this share of the size that the cache was made with. A smaller share than before
   * gives up half of what is there at least: a cache that is far from its size may be what fills the
   * process. What is given up for that was not crowded out by other heads: it is no eviction.
   */
  useShare(share: number): void {
    const { maxSize, calculatedSize } = this.#heads;
    const isLess = share < this.#share;
    this.#share = share;
    this.#limitBytes = isLess ? Math.min(maxSize * share, calculatedSize / 2) : maxSize * share;
    for (const key of this.#heads.rkeys()) {
      if (this.#heads.calculatedSize <= this.#limitBytes) return;
      this.#heads.delete(key);
    }
  }

  clear(): void {
    this.#heads.clear();
  }

  stats(): CacheStats {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      keys: this.#heads.size,
      usedMemoryBytes: this.#heads.calculatedSize,
      maxMemoryBytes: this.#limitBytes,
    };
  }
}
