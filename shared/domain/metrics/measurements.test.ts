import { describe, expect, it } from 'vitest';
import { someCacheMetrics, someMeasurements } from '../../testing/some-measurements.ts';
import { readMetric } from './measurements.ts';

const MEASUREMENTS = someMeasurements({
  cache: someCacheMetrics(),
  tiers: {
    hot: { items: 1, bytes: 10 },
    warm: { items: 2, bytes: 20 },
    cold: { items: 3, bytes: 30, rawBytes: 90 },
  },
  functions: {
    'read-items': {
      requests: 7,
      errors: 0,
      errorRate: 0,
      p50Ms: 1,
      p95Ms: 2,
      p99Ms: undefined,
    },
  },
});

describe('readMetric', () => {
  it('finds a figure by its path', () => {
    expect(readMetric(MEASUREMENTS, 'process.heapUsedBytes')).toBe(50);
    expect(readMetric(MEASUREMENTS, 'tiers.cold.rawBytes')).toBe(90);
    expect(readMetric(MEASUREMENTS, 'functions.read-items.requests')).toBe(7);
    expect(readMetric(MEASUREMENTS, 'cache.usedMemoryRatio')).toBe(0.1);
  });

  it.each([
    'cache.hitRate',
    'cache.roundTripMs',
    'redis.hitRate',
    'summaries.refused',
    'functions.read-items.p99Ms',
    'functions.write-items.errorRate',
    'functions.constructor.errors',
  ])('says that %s has no value now', (path) => {
    expect(readMetric(MEASUREMENTS, path)).toBe('absent');
  });

  it.each([
    'cache.hitrate',
    'cache',
    'tiers.hot',
    'functions.read-items',
    'process.heapUsedBytes.bits',
    'process.constructor',
    '__proto__',
    '',
    'cache..keys',
  ])('says that %j names no figure', (path) => {
    expect(readMetric(MEASUREMENTS, path)).toBe('unknown');
  });

  it('takes a value that is no finite number for none', () => {
    const process = { ...MEASUREMENTS.process, heapUsedRatio: Number.NaN };
    expect(readMetric({ ...MEASUREMENTS, process }, 'process.heapUsedRatio')).toBe('absent');
  });
});
