import { describe, expect, it } from 'vitest';
import { type CacheCounters, type CacheTrack, stepCache } from './cache-figures.ts';

const cache = (hits: number, misses: number, evictions: number): CacheCounters => ({
  hits,
  misses,
  evictions,
  keys: 3,
  usedMemoryBytes: 100,
  maxMemoryBytes: 1_000,
});

const server = (evictions: number, refusedWrites: number, countedForMs: number): CacheCounters => ({
  ...cache(10, 10, evictions),
  server: { countedForMs, refusedWrites, fragmentationRatio: 1.4, roundTripMs: 0.2 },
});

/** Samples one after the other, the watch begun at 0. */
function play(samples: readonly (readonly [atMs: number, counters: CacheCounters])[]) {
  let track: CacheTrack | undefined;
  return samples.map(([atMs, counters]) => {
    const step = stepCache(track, { atMs, startedAtMs: 0, counters });
    track = step.track;
    return { ...step.metrics, totals: step.track.totals };
  });
}

describe('stepCache', () => {
  it('shows what happened since the sample before', () => {
    const [, second] = play([
      [10_000, cache(100, 100, 5)],
      [70_000, cache(190, 110, 35)],
    ]);
    expect(second).toEqual({
      hits: 90,
      misses: 10,
      evictions: 30,
      hitRate: 0.9,
      evictionRate: 0.5,
      usedMemoryBytes: 100,
      maxMemoryBytes: 1_000,
      usedMemoryRatio: 0.1,
      keys: 3,
      refusedRate: undefined,
      fragmentationRatio: undefined,
      roundTripMs: undefined,
      totals: { hits: 190, misses: 110, evictions: 35, refusedWrites: 0 },
    });
  });

  it('counts from the beginning of the watch in the first sample', () => {
    expect(play([[60_000, cache(3, 1, 120)]])).toMatchObject([
      { hitRate: 0.75, evictionRate: 2, totals: { hits: 3, evictions: 120 } },
    ]);
  });

  it('has no hit rate when nothing was looked up, and no share of a limit that is not there', () => {
    const endless = { ...cache(7, 3, 0), maxMemoryBytes: 0 };
    expect(
      play([
        [0, cache(7, 3, 0)],
        [60_000, endless],
      ])[1],
    ).toMatchObject({ hitRate: undefined, evictionRate: 0, usedMemoryRatio: undefined });
  });

  it('takes counters that fell as begun anew: no negative rate, and totals that never fall', () => {
    expect(
      play([
        [0, cache(1_000, 500, 90)],
        [10_000, cache(3, 1, 20)],
        [20_000, cache(5, 1, 20)],
      ]),
    ).toMatchObject([
      { totals: { hits: 1_000, misses: 500, evictions: 90 } },
      {
        hitRate: 0.75,
        evictionRate: 2,
        totals: { hits: 1_003, misses: 501, evictions: 110 },
      },
      { hits: 2, totals: { hits: 1_005, misses: 501, evictions: 110 } },
    ]);
  });

  it('does not make thousands per second of a few evictions between two close samples', () => {
    for (const atMs of [1, -5]) {
      expect(play([[atMs, cache(0, 0, 4)]])[0]?.evictionRate).toBe(4);
    }
  });

  it('spreads what a server counted before it was seen over the time that it ran', () => {
    expect(play([[5_000, server(7_200, 3_600, 3_600_000)]])).toMatchObject([
      {
        evictionRate: 2,
        refusedRate: 1,
        fragmentationRatio: 1.4,
        roundTripMs: 0.2,
        totals: { hits: 10, misses: 10, evictions: 0, refusedWrites: 0 },
      },
    ]);
  });

  it('spreads what a server counted since it was started again over that time', () => {
    expect(
      play([
        [0, server(7_200, 0, 3_600_000)],
        [60_000, server(7_260, 30, 3_660_000)],
        [120_000, server(40, 20, 20_000)],
      ]),
    ).toMatchObject([
      {},
      { evictionRate: 1, refusedRate: 0.5, totals: { evictions: 60, refusedWrites: 30 } },
      { evictionRate: 2, refusedRate: 1, totals: { evictions: 100, refusedWrites: 50 } },
    ]);
  });
});
