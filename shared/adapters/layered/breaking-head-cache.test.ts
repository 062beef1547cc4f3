import { describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../../domain/ids.ts';
import { cachedHead } from '../../ports/head-cache.contract.ts';
import { describeSharedHeadCache } from '../../ports/shared-head-cache.contract.ts';
import { FaultyHeadCache } from '../../testing/faulty-head-cache.ts';
import { LruSharedHeadCache } from '../in-process/shared-head-cache.ts';
import { BreakingHeadCache } from './breaking-head-cache.ts';

let nowMs = 1_767_225_600_000;
const newCache = () =>
  new LruSharedHeadCache({ maxSizeBytes: 1_048_576, clock: { now: () => nowMs } });

describeSharedHeadCache('BreakingHeadCache', {
  create: async () => {
    const cache = newCache();
    return { cache: new BreakingHeadCache(cache), flush: async () => cache.clear() };
  },
  elapse: async (ms) => {
    nowMs += ms;
  },
});

describe('BreakingHeadCache', () => {
  const key = sessionKeyOf({ userId: 'u1', sessionId: 's1' });
  const question = { key, maxAgeMs: 5_000 };

  it('asks no more after five failures in a row, and still tells what is outdated', async () => {
    const faulty = new FaultyHeadCache(newCache());
    const cache = new BreakingHeadCache(faulty);
    faulty.isDown = true;
    for (let failure = 0; failure < 5; failure++) {
      await expect(cache.read(question)).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(cache.isBroken).toBe(true);
    faulty.isDown = false;
    await expect(cache.read(question)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(cache.put(cachedHead('s1', 1), { ageMs: 0 })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(faulty.roundTrips).toBe(5);
    await cache.outdate(key, 2);
    await cache.drop(key);
    expect(faulty.roundTrips).toBe(7);
  });

  it('is not broken by failures that others follow with success', async () => {
    const faulty = new FaultyHeadCache(newCache());
    const cache = new BreakingHeadCache(faulty);
    for (let round = 0; round < 5; round++) {
      faulty.isDown = true;
      await expect(cache.read(question)).rejects.toMatchObject({ code: 'unavailable' });
      faulty.isDown = false;
      await cache.read(question);
    }
    expect(cache.isBroken).toBe(false);
  });
});
