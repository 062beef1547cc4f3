import type { CacheMetrics } from '../domain/metrics/cache-figures.ts';
import type { Measurements } from '../domain/metrics/measurements.ts';

/** A cache at rest. */
export const someCacheMetrics = (fields: Partial<CacheMetrics> = {}): CacheMetrics => ({
  hits: 0,
  misses: 0,
  evictions: 0,
  hitRate: undefined,
  evictionRate: 0,
  usedMemoryBytes: 100,
  maxMemoryBytes: 1_000,
  usedMemoryRatio: 0.1,
  keys: 3,
  refusedRate: undefined,
  fragmentationRatio: undefined,
  roundTripMs: undefined,
  ...fields,
});

/** A sample of a process alone. */
export const someMeasurements = (fields: Partial<Measurements> = {}): Measurements => ({
  atMs: 1_000,
  cache: undefined,
  l1: undefined,
  redis: undefined,
  tiers: undefined,
  store: undefined,
  process: {
    heapUsedBytes: 50,
    heapLimitBytes: 200,
    heapUsedRatio: 0.25,
    rssBytes: 300,
    rssRatio: undefined,
    eventLoopDelayMs: 1,
    uptimeMs: 5_000,
    gcPauses: 4,
    gcPauseMs: 6,
  },
  functions: undefined,
  items: undefined,
  migrations: undefined,
  summaries: undefined,
  pubsub: undefined,
  firestore: undefined,
  ...fields,
});
