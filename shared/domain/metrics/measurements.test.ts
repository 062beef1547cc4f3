import { describe, expect, it } from 'vitest';
import { cacheMetrics, type Measurements, readMetric, tierMetrics } from './measurements.ts';

const counters = (hits: number, misses: number, evictions: number) => ({
  hits,
  misses,
  evictions,
  keys: 3,
  usedMemoryBytes: 100,
  maxMemoryBytes: 1_000,
});

const MEASUREMENTS: Measurements = {
  atMs: 1_000,
  cache: {
    hitRate: undefined,
    evictionRate: 0,
    usedMemoryBytes: 100,
    maxMemoryBytes: 1_000,
    keys: 3,
  },
  l1: undefined,
  redis: undefined,
  tiers: {
    hot: { items: 1, bytes: 10 },
    warm: { items: 2, bytes: 20 },
    cold: { items: 3, bytes: 30, rawBytes: 90 },
  },
  store: { sessions: 1 },
  process: {
    heapUsedBytes: 50,
    heapLimitBytes: 200,
    heapUsedRatio: 0.25,
    rssBytes: 300,
    eventLoopDelayMs: 1,
    uptimeMs: 5_000,
  },
  summaries: undefined,
};

describe('cacheMetrics', () => {
  it('shows what happened since the sample before', () => {
    const previous = { atMs: 10_000, counters: counters(100, 100, 5) };
    expect(cacheMetrics(previous, { atMs: 70_000, counters: counters(190, 110, 35) })).toEqual({
      hitRate: 0.9,
      evictionRate: 0.5,
      usedMemoryBytes: 100,
      maxMemoryBytes: 1_000,
      keys: 3,
    });
  });

  it('has no hit rate when nothing was looked up', () => {
    const previous = { atMs: 0, counters: counters(7, 3, 0) };
    expect(cacheMetrics(previous, { atMs: 60_000, counters: counters(7, 3, 0) })).toMatchObject({
      hitRate: undefined,
      evictionRate: 0,
    });
  });

  it('takes counters that fell as begun anew: never a negative rate', () => {
    const previous = { atMs: 0, counters: counters(1_000, 500, 90) };
    expect(cacheMetrics(previous, { atMs: 10_000, counters: counters(3, 1, 20) })).toMatchObject({
      hitRate: 0.75,
      evictionRate: 2,
    });
  });

  it('does not make thousands per second of a few evictions between two close samples', () => {
    const previous = { atMs: 0, counters: counters(0, 0, 0) };
    expect(cacheMetrics(previous, { atMs: 1, counters: counters(0, 0, 4) }).evictionRate).toBe(4);
    expect(cacheMetrics(previous, { atMs: -5, counters: counters(0, 0, 4) }).evictionRate).toBe(4);
  });
});

describe('readMetric', () => {
  it('finds a figure by its path', () => {
    expect(readMetric(MEASUREMENTS, 'process.heapUsedBytes')).toBe(50);
    expect(readMetric(MEASUREMENTS, 'tiers.cold.rawBytes')).toBe(90);
  });

  it('tells a figure without a value from a path that names none', () => {
    expect(readMetric(MEASUREMENTS, 'cache.hitRate')).toBe('absent');
    expect(readMetric(MEASUREMENTS, 'redis.hitRate')).toBe('absent');
    expect(readMetric(MEASUREMENTS, 'summaries.refused')).toBe('absent');
    for (const path of [
      'cache.hitrate',
      'cache',
      'tiers.hot',
      'process.heapUsedBytes.bits',
      'process.constructor',
      '__proto__',
      '',
      'cache..keys',
    ]) {
      expect([path, readMetric(MEASUREMENTS, path)]).toEqual([path, 'unknown']);
    }
  });

  it('takes a value that is no finite number for none', () => {
    const process = { ...MEASUREMENTS.process, heapUsedRatio: Number.NaN };
    expect(readMetric({ ...MEASUREMENTS, process }, 'process.heapUsedRatio')).toBe('unknown');
  });
});

describe('tierMetrics', () => {
  it('shows raw bytes where they differ: in the cold tier', () => {
    const tiers = {
      hot: { items: 1, bytes: 10, rawBytes: 10 },
      warm: { items: 2, bytes: 20, rawBytes: 20 },
      cold: { items: 3, bytes: 30, rawBytes: 90 },
    };
    expect(tierMetrics(tiers)).toEqual({
      hot: { items: 1, bytes: 10 },
      warm: { items: 2, bytes: 20 },
      cold: { items: 3, bytes: 30, rawBytes: 90 },
    });
  });
});
