import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionHead } from '../domain/head.ts';
import { type SessionKey, sessionKeyOf } from '../domain/ids.ts';
import type { HeadCache } from './head-cache.ts';

export interface HeadCacheHarness {
  /** An empty cache with room for at least ten small heads. */
  create(): Promise<HeadCache>;
}

const NOTHING = { items: 0, bytes: 0, rawBytes: 0 };

/** A head with one item whose content is given. */
export function cachedHead(sessionId: string, version: number, content = 'hello'): SessionHead {
  const session = { userId: 'u1', sessionId };
  const item = {
    seq: 1,
    content,
    contentType: 'user_message',
    createdAtMs: 1_767_225_600_000,
    pinned: false,
    tokens: 1,
    tier: 'hot' as const,
    accesses: { count: 0, atMs: 0 },
  };
  return {
    ...session,
    sessionKey: sessionKeyOf(session),
    version,
    lastSeq: 1,
    createdAtMs: 1_767_225_600_000,
    lastItemAtMs: 1_767_225_600_000,
    tiers: { hot: NOTHING, warm: NOTHING, cold: NOTHING },
    tokens: 1,
    window: [{ seq: 1, tokens: 1, bytes: Buffer.byteLength(content) + 150, item }],
    anchors: [],
    facts: [],
    summaryCount: 0,
    uncoveredTokens: 1,
    deletions: 0,
  };
}

/** What every `HeadCache` must do. Each adapter's test file calls this once. */
export function describeHeadCache(name: string, harness: HeadCacheHarness): void {
  describe(`${name} keeps the HeadCache contract`, () => {
    let cache: HeadCache;
    beforeEach(async () => {
      cache = await harness.create();
    });

    const keyOf = (sessionId: string): SessionKey => sessionKeyOf({ userId: 'u1', sessionId });
    const versionOf = async (sessionId: string) => (await cache.get(keyOf(sessionId)))?.version;

    it('gives back the whole head that was put, and nothing for another session', async () => {
      await cache.put(cachedHead('s1', 7, 'Grüße, 世界'));
      expect(await cache.get(keyOf('s1'))).toEqual(cachedHead('s1', 7, 'Grüße, 世界'));
      expect(await cache.get(keyOf('s2'))).toBeUndefined();
    });

    it('replaces a head by a newer version and never by an older one', async () => {
      await cache.put(cachedHead('s1', 5));
      await cache.put(cachedHead('s1', 6));
      expect(await versionOf('s1')).toBe(6);
      await cache.put(cachedHead('s1', 5));
      expect(await versionOf('s1')).toBe(6);
    });

    it('keeps the newest of versions put at once, whatever their order', async () => {
      await Promise.all([3, 9, 1, 8].map((version) => cache.put(cachedHead('s1', version))));
      expect(await versionOf('s1')).toBe(9);
    });

    it('forgets a dropped session, says how many entries that were, and keeps the others', async () => {
      await cache.put(cachedHead('s1', 1));
      await cache.put(cachedHead('s2', 1));
      expect(await cache.drop(keyOf('s1'))).toBe(1);
      expect(await cache.drop(keyOf('s1'))).toBe(0);
      expect(await versionOf('s1')).toBeUndefined();
      expect(await versionOf('s2')).toBe(1);
    });

    it('does not take back, after a drop, a head that a slow reader had loaded before it', async () => {
      await cache.put(cachedHead('s1', 5));
      await cache.drop(keyOf('s1'));
      await cache.put(cachedHead('s1', 5));
      await cache.put(cachedHead('s1', 4));
      expect(await versionOf('s1')).toBeUndefined();
      await cache.put(cachedHead('s1', 6));
      expect(await versionOf('s1')).toBe(6);
    });

    it('takes the next version also when the session was dropped twice', async () => {
      await cache.put(cachedHead('s1', 5));
      await cache.drop(keyOf('s1'));
      await cache.drop(keyOf('s1'));
      await cache.put(cachedHead('s1', 6));
      expect(await versionOf('s1')).toBe(6);
    });

    it('is empty after a clear, takes the same version again and still no older one', async () => {
      await cache.put(cachedHead('s1', 5));
      await cache.put(cachedHead('s2', 5));
      await cache.clear();
      expect(await versionOf('s1')).toBeUndefined();
      expect(await versionOf('s2')).toBeUndefined();
      await cache.put(cachedHead('s1', 4));
      expect(await versionOf('s1')).toBeUndefined();
      await cache.put(cachedHead('s1', 5));
      expect(await versionOf('s1')).toBe(5);
    });

    it('counts hits, misses and keys, and the memory that it uses and may use', async () => {
      await cache.put(cachedHead('s1', 1));
      await cache.get(keyOf('s1'));
      await cache.get(keyOf('s1'));
      await cache.get(keyOf('s2'));
      const stats = await cache.stats();
      expect(stats).toMatchObject({ hits: 2, misses: 1, evictions: 0, keys: 1 });
      expect(stats.usedMemoryBytes).toBeGreaterThan(0);
      expect(stats.usedMemoryBytes).toBeLessThanOrEqual(stats.maxMemoryBytes);
    });
  });
}
