import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { RedisLruCache } from './redis-lru-cache.ts';

async function connected(options: ConstructorParameters<typeof RedisLruCache>[0] = {}) {
  const cache = new RedisLruCache(options);
  await cache.connect();
  return cache;
}

describe('RedisLruCache without Redis', () => {
  it('gives back JSON values and forgets deleted ones', async () => {
    const cache = await connected();
    const value = { list: [1, null, true, 'Grüße'], nested: {} };
    await cache.set('k', value);
    expect(await cache.get('k')).toEqual(value);
    expect(await cache.get('other')).toBeUndefined();
    expect(await cache.delete('k')).toBe(true);
    expect(await cache.delete('k')).toBe(false);
    expect(await cache.get('k')).toBeUndefined();
  });

  it('tells a value of null from no value', async () => {
    const cache = await connected();
    await cache.set('k', null);
    expect(await cache.get('k')).toBeNull();
  });

  it('keeps its own copy of a value', async () => {
    const cache = await connected();
    const value = { list: [1] };
    await cache.set('k', value);
    value.list.push(2);
    expect(await cache.get('k')).toEqual({ list: [1] });
  });

  it('holds as many bytes as told and says how it does', async () => {
    const clock = new ManualClock(0);
    const cache = await connected({ maxMemoryMb: 0.001, clock }); // 1,048 bytes
    await cache.set('a', 'x'.repeat(400)); // 503 bytes
    await cache.set('b', 'x'.repeat(400));
    await cache.get('a');
    await cache.set('c', 'x'.repeat(400));
    await cache.get('b');
    await cache.get('b');
    await cache.get('c');
    clock.advance(10_000);
    expect(await cache.getStats()).toEqual({
      hits: 2,
      misses: 2,
      hitRate: 0.5,
      evictions: 1,
      evictionRate: 0.1,
      usedMemoryBytes: 1_006,
      maxMemoryBytes: 1_048,
      keys: 2,
      failures: 0,
      isInProcess: true,
      isConfigManaged: false,
    });
  });

  it('has the defaults of the seed', async () => {
    const cache = await connected();
    expect(await cache.getStats()).toMatchObject({
      maxMemoryBytes: 536_870_912,
      hitRate: undefined,
      evictionRate: 0,
    });
  });

  it('is empty after a clear', async () => {
    const cache = await connected();
    await cache.set('k', 1);
    await cache.clear();
    expect(await cache.get('k')).toBeUndefined();
  });

  it('refuses what it cannot keep, and names the field', async () => {
    const cache = await connected();
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    // Callers without types can send anything; `JSON.parse` gives values that the compiler takes.
    const wrongs: readonly unknown[] = [undefined, 10n, cyclic, () => 1];
    for (const wrong of wrongs) {
      await expect(Reflect.apply(cache.set, cache, ['k', wrong])).rejects.toMatchObject({
        code: 'invalid-argument',
        details: { violations: [{ path: 'value' }] },
      });
    }
    for (const ttlSeconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(cache.set('k', 1, ttlSeconds)).rejects.toMatchObject({
        details: { violations: [{ path: 'ttlSeconds' }] },
      });
    }
    for (const call of [cache.get(''), cache.set('', 1), cache.delete('')]) {
      await expect(call).rejects.toMatchObject({ details: { violations: [{ path: 'key' }] } });
    }
  });

  it('refuses options that are out of bounds, all at once', () => {
    expect(() => new RedisLruCache({ maxMemoryMb: 0, defaultTtl: -1 })).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: {
          violations: [
            { path: 'maxMemoryMb', message: expect.any(String) },
            { path: 'defaultTtl', message: expect.any(String) },
          ],
        },
      }),
    );
  });

  it('asks for connect before and after its time', async () => {
    const cache = new RedisLruCache();
    await expect(cache.get('k')).rejects.toMatchObject({ code: 'invalid-argument' });
    await cache.connect();
    await cache.set('k', 1);
    await cache.connect();
    expect(await cache.get('k')).toBe(1);
    await cache.disconnect();
    await cache.disconnect();
    await expect(cache.get('k')).rejects.toMatchObject({ code: 'invalid-argument' });
    await cache.connect();
    expect(await cache.get('k')).toBeUndefined();
  });
});
