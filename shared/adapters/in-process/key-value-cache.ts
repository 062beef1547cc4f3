import { LRUCache } from 'lru-cache';
import { invalid } from '../../kernel/app-error.ts';
import { utf8Bytes } from '../../kernel/json.ts';
import type { CacheStats } from '../../ports/head-cache.ts';
import type { KeyValueCache } from '../../ports/key-value-cache.ts';

export interface LruKeyValueCacheOptions {
  readonly maxSizeBytes: number;
  /** Where lifetimes are read from, in milliseconds; default: the process's monotonic clock. */
  readonly perf?: { now(): number };
}

// What an entry takes beside its key and text; Redis takes about as much.
const ENTRY_BYTES = 100;

/** A cache of texts in this process, bounded in bytes; full, it forgets what was unused longest. */
export class LruKeyValueCache implements KeyValueCache {
  readonly #texts: LRUCache<string, string>;
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor({ maxSizeBytes, perf = performance }: LruKeyValueCacheOptions) {
    this.#texts = new LRUCache({
      maxSize: maxSizeBytes,
      sizeCalculation: (text, key) => utf8Bytes(key) + utf8Bytes(text) + ENTRY_BYTES,
      perf,
      ttlResolution: 0,
      dispose: (_text, _key, reason) => {
        if (reason === 'evict') this.#evictions++;
      },
    });
  }

  async get(key: string): Promise<string | undefined> {
    const text = this.#texts.get(key);
    if (text === undefined) this.#misses++;
    else this.#hits++;
    return text;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    if (!(ttlMs > 0)) throw invalid([{ path: 'ttlMs', message: `must be positive, got ${ttlMs}` }]);
    this.#texts.set(key, value, { ttl: Math.ceil(ttlMs) });
  }

  async delete(key: string): Promise<boolean> {
    return this.#texts.delete(key);
  }

  async clear(): Promise<void> {
    this.#texts.clear();
  }

  async stats(): Promise<CacheStats> {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      keys: this.#texts.size,
      usedMemoryBytes: this.#texts.calculatedSize,
      maxMemoryBytes: this.#texts.maxSize,
    };
  }
}
