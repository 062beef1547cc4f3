import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyValueCache } from './key-value-cache.ts';

export interface KeyValueCacheHarness {
  /** An empty cache. `neighbour` stands beside it under another prefix. */
  create(): Promise<{ readonly cache: KeyValueCache; readonly neighbour: KeyValueCache }>;
  /** Lets `ms` milliseconds pass for the cache. */
  elapse(ms: number): Promise<void>;
}

const LONG_MS = 60_000;

/** What every `KeyValueCache` must do. Each adapter's test file calls this once. */
export function describeKeyValueCache(name: string, harness: KeyValueCacheHarness): void {
  describe(`${name} keeps the KeyValueCache contract`, () => {
    let cache: KeyValueCache;
    let neighbour: KeyValueCache;
    beforeEach(async () => {
      ({ cache, neighbour } = await harness.create());
    });

    it('gives back the text that was set last, and nothing for another key', async () => {
      await cache.set('k', 'first', LONG_MS);
      await cache.set('k', 'Grüße, 世界 \u0000 🙂', LONG_MS);
      expect(await cache.get('k')).toBe('Grüße, 世界 \u0000 🙂');
      expect(await cache.get('K')).toBeUndefined();
    });

    it('tells an empty text from nothing', async () => {
      await cache.set('k', '', LONG_MS);
      expect(await cache.get('k')).toBe('');
    });

    it('forgets a text after its time to live, counted from when it was set last', async () => {
      await cache.set('k', 'short', 300);
      await cache.set('long', 'kept', LONG_MS);
      await harness.elapse(200);
      await cache.set('k', 'renewed', 300);
      await harness.elapse(200);
      expect(await cache.get('k')).toBe('renewed');
      await harness.elapse(200);
      expect(await cache.get('k')).toBeUndefined();
      expect(await cache.get('long')).toBe('kept');
    });

    it('refuses a time to live of nothing', async () => {
      for (const ttlMs of [0, -1, Number.NaN]) {
        await expect(cache.set('k', 'v', ttlMs)).rejects.toMatchObject({
          code: 'invalid-argument',
        });
      }
    });

    it('forgets a deleted key and says whether it was there', async () => {
      await cache.set('k', 'v', LONG_MS);
      expect(await cache.delete('k')).toBe(true);
      expect(await cache.delete('k')).toBe(false);
      expect(await cache.get('k')).toBeUndefined();
    });

    it('keeps keys apart that differ only in separators, escapes or broken characters', async () => {
      const keys = ['a:b', 'a/b', 'a%3Ab', 'a*', 'a b', 'a\n', '\ud800', '\ud801', '\ufffd'];
      for (const key of keys) await cache.set(key, key.length + key, LONG_MS);
      for (const key of keys) expect(await cache.get(key)).toBeDefined();
      await cache.delete('a*');
      await cache.delete('\ud800');
      const left = await Promise.all(keys.map((key) => cache.get(key)));
      expect(left.filter((text) => text === undefined)).toHaveLength(2);
    });

    it('clears its own keys, however many, and leaves its neighbour alone', async () => {
      const keys = Array.from({ length: 1_200 }, (_, index) => `k${index}`);
      await Promise.all(keys.map((key) => cache.set(key, 'v', LONG_MS)));
      await neighbour.set('k1', 'theirs', LONG_MS);
      await cache.clear();
      const left = await Promise.all(keys.map((key) => cache.get(key)));
      expect(left.filter((text) => text !== undefined)).toEqual([]);
      expect(await neighbour.get('k1')).toBe('theirs');
    });

    it('counts hits, misses and keys', async () => {
      const before = await cache.stats();
      await cache.set('k', 'v', LONG_MS);
      await cache.get('k');
      await cache.get('k');
      await cache.get('other');
      const after = await cache.stats();
      expect(after.hits - before.hits).toBe(2);
      expect(after.misses - before.misses).toBe(1);
      expect(after.keys - before.keys).toBe(1);
      expect(after.usedMemoryBytes).toBeGreaterThan(0);
    });
  });
}
