import { isJsonObject } from '../../kernel/json.ts';
import type { ProcessStats } from '../../kernel/process-stats.ts';
import type { TierCounts } from '../head.ts';

/** Counters of a cache that only grow while it lives, and its levels. */
export interface CacheCounters {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly keys: number;
  readonly usedMemoryBytes: number;
  readonly maxMemoryBytes: number;
}

export interface CacheMetrics {
  /** Hits over lookups since the last sample, from 0 to 1; absent when nothing was looked up. */
  readonly hitRate: number | undefined;
  /** Evictions per second since the last sample. */
  readonly evictionRate: number;
  readonly usedMemoryBytes: number;
  readonly maxMemoryBytes: number;
  readonly keys: number;
}

export interface TierMetrics {
  readonly hot: { readonly items: number; readonly bytes: number };
  readonly warm: { readonly items: number; readonly bytes: number };
  /** `rawBytes` is what the items take uncompressed. */
  readonly cold: { readonly items: number; readonly bytes: number; readonly rawBytes: number };
}

/** Summaries in the store, and what this process did since it started. */
export interface SummaryMetrics {
  /** Summaries that are kept; absent when the store could not be asked. */
  readonly count: number | undefined;
  readonly requested: number;
  readonly committed: number;
  readonly fallback: number;
  readonly refused: number;
}

/**
 * What one sample measured. A key is always there; its value is absent while its source is missing
 * or out of reach, so that a wrong path can be told from a missing value.
 */
export interface Measurements {
  readonly atMs: number;
  /** The hot tier as all instances share it: `redis` where there is one, else `l1`. */
  readonly cache: CacheMetrics | undefined;
  /** The hot tier's half in this process. */
  readonly l1: CacheMetrics | undefined;
  readonly redis: CacheMetrics | undefined;
  readonly tiers: TierMetrics | undefined;
  readonly store: { readonly sessions: number } | undefined;
  readonly process: ProcessStats;
  readonly summaries: SummaryMetrics | undefined;
}

export interface CacheSample {
  readonly atMs: number;
  readonly counters: Pick<CacheCounters, 'hits' | 'misses' | 'evictions'>;
}

// Two samples close together: a few evictions within a millisecond are not thousands per second.
const MIN_SPAN_SECONDS = 1;

/** What happened between two samples of a cache. */
export function cacheMetrics(
  previous: CacheSample,
  { atMs, counters }: CacheSample & { readonly counters: CacheCounters },
): CacheMetrics {
  const hits = growth(previous.counters.hits, counters.hits);
  const misses = growth(previous.counters.misses, counters.misses);
  const evictions = growth(previous.counters.evictions, counters.evictions);
  const spanSeconds = Math.max(MIN_SPAN_SECONDS, (atMs - previous.atMs) / 1_000);
  const { usedMemoryBytes, maxMemoryBytes, keys } = counters;
  return {
    hitRate: hits + misses === 0 ? undefined : hits / (hits + misses),
    evictionRate: evictions / spanSeconds,
    usedMemoryBytes,
    maxMemoryBytes,
    keys,
  };
}

/** A counter that fell was reset: what it shows is what happened since. */
export const growth = (before: number, now: number): number => (now >= before ? now - before : now);

export const tierMetrics = ({ hot, warm, cold }: TierCounts): TierMetrics => ({
  hot: { items: hot.items, bytes: hot.bytes },
  warm: { items: warm.items, bytes: warm.bytes },
  cold: { items: cold.items, bytes: cold.bytes, rawBytes: cold.rawBytes },
});

/**
 * The number at a dotted path, for example `cache.hitRate`. `absent`: there is such a figure, but
 * it has no value now; `unknown`: the path names no number.
 */
export function readMetric(
  measurements: Measurements,
  path: string,
): number | 'absent' | 'unknown' {
  let value: unknown = measurements;
  for (const key of path.split('.')) {
    if (value === undefined) return 'absent';
    // Own keys only: `process.constructor` is no figure.
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return 'unknown';
    value = value[key];
  }
  if (value === undefined) return 'absent';
  return typeof value === 'number' && Number.isFinite(value) ? value : 'unknown';
}
