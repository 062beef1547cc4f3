import { describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../../domain/ids.ts';
import { cachedHead, describeHeadCache } from '../../ports/head-cache.contract.ts';
import { headBytes } from './head-bytes.ts';
import { LruHeadCache } from './head-cache.ts';

describeHeadCache('LruHeadCache', {
  create: async () => new LruHeadCache({ maxSizeBytes: 1_048_576 }),
});

const keyOf = (sessionId: string) => sessionKeyOf({ userId: 'u1', sessionId });
const TEN_KIB = 'x'.repeat(10_240);

describe('LruHeadCache', () => {
  it('answers without a promise', () => {
    const cache = new LruHeadCache({ maxSizeBytes: 1_048_576 });
    cache.put(cachedHead('s1', 1));
    expect(cache.get(keyOf('s1'))?.version).toBe(1);
  });

  it('evicts the head that was used longest ago once its bytes are used up', () => {
    // A head of 10 KiB takes 21,500 bytes and some, so three of them are too many.
    const cache = new LruHeadCache({ maxSizeBytes: 60_000 });
    cache.put(cachedHead('s1', 1, TEN_KIB));
    cache.put(cachedHead('s2', 1, TEN_KIB));
    cache.get(keyOf('s1'));
    cache.put(cachedHead('s3', 1, TEN_KIB));
    expect(cache.get(keyOf('s2'))).toBeUndefined();
    expect(cache.get(keyOf('s1'))?.version).toBe(1);
    expect(cache.get(keyOf('s3'))?.version).toBe(1);
    expect(cache.stats()).toMatchObject({ evictions: 1, keys: 2, maxMemoryBytes: 60_000 });
  });

  it('takes no older version after an eviction', () => {
    const cache = new LruHeadCache({ maxSizeBytes: 30_000 });
    cache.put(cachedHead('s1', 5, TEN_KIB));
    cache.put(cachedHead('s2', 1, TEN_KIB));
    cache.put(cachedHead('s1', 4, TEN_KIB));
    expect(cache.get(keyOf('s1'))).toBeUndefined();
    cache.put(cachedHead('s1', 5, TEN_KIB));
    expect(cache.get(keyOf('s1'))?.version).toBe(5);
  });

  it('keeps no head that is larger than all of its memory, nor the older one in its place', () => {
    const cache = new LruHeadCache({ maxSizeBytes: 15_000 });
    cache.put(cachedHead('s1', 1));
    cache.put(cachedHead('s1', 2, 'x'.repeat(20_000)));
    expect(cache.get(keyOf('s1'))).toBeUndefined();
    expect(cache.stats()).toMatchObject({ keys: 0, usedMemoryBytes: 0 });
  });

  it('forgets a head after its time to live, which is no eviction', () => {
    let nowMs = 1_000;
    const perf = { now: () => nowMs };
    const cache = new LruHeadCache({ maxSizeBytes: 1_048_576, ttlMs: 60_000, perf });
    cache.put(cachedHead('s1', 1));
    nowMs += 60_000;
    expect(cache.get(keyOf('s1'))?.version).toBe(1);
    nowMs += 1;
    expect(cache.get(keyOf('s1'))).toBeUndefined();
    expect(cache.stats()).toMatchObject({ evictions: 0, misses: 1 });
  });

  it('takes a dropped version again once no reader from before the drop can be left', () => {
    let nowMs = 1_000;
    const cache = new LruHeadCache({ maxSizeBytes: 1_048_576, perf: { now: () => nowMs } });
    cache.put(cachedHead('s1', 5));
    cache.drop(keyOf('s1'));
    nowMs += 10_001;
    cache.put(cachedHead('s1', 5));
    expect(cache.get(keyOf('s1'))?.version).toBe(5);
  });
});

describe('headBytes', () => {
  it('adds up entries, summary and facts with what each takes beside its text', () => {
    const head = cachedHead('s1', 1, 'hello'); // 800 + ids 4 + entry 2 × 155 + 110
    expect(headBytes(head)).toBe(1_224);
    const summary = {
      id: 'x-s1',
      text: '世界', // six bytes
      fromSeq: 1,
      toSeq: 1,
      tokens: 2,
      model: 'm',
      isFallback: false,
      createdAtMs: 0,
    };
    const facts = [{ seq: 1, kind: 'number' as const, text: '42' }];
    const anchors = head.window.map((entry) => ({ ...entry, isPinned: true }));
    expect(headBytes({ ...head, summary, facts, anchors })).toBe(1_732);
  });

  it('gives up what was used longest ago for a smaller share, which is no eviction', () => {
    const cache = new LruHeadCache({ maxSizeBytes: 100_000 });
    for (const name of ['s1', 's2', 's3', 's4']) cache.put(cachedHead(name, 5, TEN_KIB));
    cache.get(keyOf('s1'));
    cache.useShare(0.5);
    const { usedMemoryBytes, maxMemoryBytes, ...counts } = cache.stats();
    expect(counts).toMatchObject({ keys: 2, evictions: 0 });
    expect(usedMemoryBytes).toBeLessThanOrEqual(maxMemoryBytes);
    expect(maxMemoryBytes).toBeLessThanOrEqual(50_000);
    expect(cache.get(keyOf('s1'))?.version).toBe(5);
    expect(cache.get(keyOf('s2'))).toBeUndefined();
    cache.put(cachedHead('s2', 4, TEN_KIB));
    expect(cache.get(keyOf('s2'))).toBeUndefined();
  });

  it('gives up half of what is there, however far that is from its size', () => {
    const cache = new LruHeadCache({ maxSizeBytes: 1e9 });
    for (const name of ['s1', 's2', 's3', 's4']) cache.put(cachedHead(name, 1, TEN_KIB));
    cache.useShare(0.5);
    expect(cache.stats().keys).toBe(2);
    cache.useShare(0.25);
    expect(cache.stats().keys).toBe(1);
  });

  it('stays within its share, and takes all of its memory when it may again', () => {
    const cache = new LruHeadCache({ maxSizeBytes: 100_000 });
    for (const name of ['s1', 's2', 's3', 's4']) cache.put(cachedHead(name, 1, TEN_KIB));
    cache.useShare(0.5);
    for (const name of ['s5', 's6']) cache.put(cachedHead(name, 1, TEN_KIB));
    expect(cache.stats()).toMatchObject({ keys: 2, evictions: 2 });
    cache.useShare(1);
    for (const name of ['s7', 's8']) cache.put(cachedHead(name, 1, TEN_KIB));
    expect(cache.stats()).toMatchObject({ keys: 4, evictions: 2, maxMemoryBytes: 100_000 });
  });
});
