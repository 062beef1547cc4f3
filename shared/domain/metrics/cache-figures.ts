/** Counters of a cache that only grow while it lives, and its levels. */
export interface CacheCounters {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly keys: number;
  readonly usedMemoryBytes: number;
  /** 0: without a limit. */
  readonly maxMemoryBytes: number;
  /** What only a server has. */
  readonly server?: ServerFigures;
}

/** Of a cache in a process of its own, which may count for others and since long before us. */
export interface ServerFigures {
  readonly countedForMs: number;
  /** Writes refused because it was full, a counter too. */
  readonly refusedWrites: number;
  /** Memory that it holds of the system over what it uses. */
  readonly fragmentationRatio: number;
  readonly roundTripMs: number;
}

/** What happened between two samples of a cache, and how it is now. */
export interface CacheMetrics {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  /** Hits over lookups, from 0 to 1; absent when nothing was looked up. */
  readonly hitRate: number | undefined;
  /** Evictions per second. */
  readonly evictionRate: number;
  readonly usedMemoryBytes: number;
  readonly maxMemoryBytes: number;
  /** Used over maximum; absent without a limit. */
  readonly usedMemoryRatio: number | undefined;
  readonly keys: number;
  /** Refused writes per second; absent where there is no server. */
  readonly refusedRate: number | undefined;
  readonly fragmentationRatio: number | undefined;
  readonly roundTripMs: number | undefined;
}

/** Counters that never fall, whatever becomes of the cache: zero when the watch began. */
export interface CacheTotals {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly refusedWrites: number;
}

/** What is remembered of a cache between samples. */
export interface CacheTrack {
  readonly atMs: number;
  /** As they were read last. */
  readonly counters: CacheTotals;
  /** Counted on over whatever becomes of the cache: they never fall. */
  readonly totals: CacheTotals;
}

export interface CacheStep {
  readonly track: CacheTrack;
  readonly metrics: CacheMetrics;
}

export interface CacheSample {
  readonly atMs: number;
  /** When the watch began: what the process's own counters count from. */
  readonly startedAtMs: number;
  readonly counters: CacheCounters;
}

const NOTHING: CacheTotals = { hits: 0, misses: 0, evictions: 0, refusedWrites: 0 };

// Two samples close together: a few evictions within a millisecond are not thousands per second.
const MIN_SPAN_SECONDS = 1;

/** One sample further; without a track the first one. */
export function stepCache(before: CacheTrack | undefined, sample: CacheSample): CacheStep {
  const { atMs, counters } = sample;
  const now = totalsOf(counters);
  const grown = growthOf(before?.counters ?? NOTHING, now);
  const track = { atMs, counters: now, totals: totalsAfter(before, grown, counters) };
  return { track, metrics: metricsOf(counters, grown, spanSeconds(before, sample)) };
}

/** Counters of a cache as they are since the watch began. */
export interface CacheTotals {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly refusedWrites: number;
}

const totalsOf = ({ hits, misses, evictions, server }: CacheCounters): CacheTotals => ({
  hits,
  misses,
  evictions,
  refusedWrites: server?.refusedWrites ?? 0,
});

const growthOf = (before: CacheTotals, now: CacheTotals): CacheTotals => ({
  hits: growth(before.hits, now.hits),
  misses: growth(before.misses, now.misses),
  evictions: growth(before.evictions, now.evictions),
  refusedWrites: growth(before.refusedWrites, now.refusedWrites),
});

/** A counter that fell was reset: what it shows is what happened since. */
export const growth = (before: number, now: number): number => (now >= before ? now - before : now);

/** What a server counted before it was first looked at did not happen in our time. */
function totalsAfter(
  before: CacheTrack | undefined,
  grown: CacheTotals,
  { server }: CacheCounters,
): CacheTotals {
  if (!before) return server ? { ...grown, evictions: 0, refusedWrites: 0 } : grown;
  const { totals } = before;
  return {
    hits: totals.hits + grown.hits,
    misses: totals.misses + grown.misses,
    evictions: totals.evictions + grown.evictions,
    refusedWrites: totals.refusedWrites + grown.refusedWrites,
  };
}

/** A server that was started since the last sample, or is seen first, has counted for a time of its own. */
function spanSeconds(
  before: CacheTrack | undefined,
  { atMs, startedAtMs, counters: { server } }: CacheSample,
): number {
  const sinceMs = atMs - (before?.atMs ?? startedAtMs);
  const countedForMs = server?.countedForMs ?? Number.POSITIVE_INFINITY;
  const spanMs = server && !before ? countedForMs : Math.min(sinceMs, countedForMs);
  return Math.max(MIN_SPAN_SECONDS, spanMs / 1_000);
}

function metricsOf(
  { usedMemoryBytes, maxMemoryBytes, keys, server }: CacheCounters,
  { hits, misses, evictions, refusedWrites }: CacheTotals,
  seconds: number,
): CacheMetrics {
  return {
    hits,
    misses,
    evictions,
    hitRate: hits + misses === 0 ? undefined : hits / (hits + misses),
    evictionRate: evictions / seconds,
    usedMemoryBytes,
    maxMemoryBytes,
    usedMemoryRatio: maxMemoryBytes > 0 ? usedMemoryBytes / maxMemoryBytes : undefined,
    keys,
    refusedRate: server && refusedWrites / seconds,
    fragmentationRatio: server?.fragmentationRatio,
    roundTripMs: server?.roundTripMs,
  };
}
