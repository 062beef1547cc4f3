import type { ProcessStats } from '../kernel/process-stats.ts';
import type { Alert } from './alerts.ts';
import type { CacheCounters, TierMetrics } from './measurements.ts';
import { METRICS, type MetricDefinition } from './metric-names.ts';
import type { HistogramSample, MetricFamily, ValueSample } from './open-metrics.ts';

/** Begins the name of every exported metric. */
export const METRIC_PREFIX = 'strata_';

/** A series as a meter gives it; durations in milliseconds. */
export interface CountedSeries {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly buckets?: readonly { readonly upToMs: number; readonly count: number }[];
  readonly count?: number;
}

/** What a scrape read; what was out of reach is absent. */
export interface Readings {
  readonly series: readonly CountedSeries[];
  /** By the cache's name. */
  readonly caches: Readonly<Record<string, CacheCounters>>;
  readonly tiers?: TierMetrics | undefined;
  readonly summaryCount?: number | undefined;
  readonly process: ProcessStats;
  readonly alerts: readonly Alert[];
}

/** Every metric of this process, for OpenMetrics. Families without a sample are left out. */
export const metricFamilies = (readings: Readings): readonly MetricFamily[] =>
  [
    ...countedFamilies(readings.series),
    ...cacheFamilies(readings.caches),
    ...storeFamilies(readings),
    ...processFamilies(readings.process),
    gauge('alert', 'Alerts that are raised now: 1 each', readings.alerts.map(alertSample)),
  ].filter(({ samples }) => samples.length > 0);

function countedFamilies(series: readonly CountedSeries[]): readonly MetricFamily[] {
  const known: readonly MetricDefinition[] = Object.values(METRICS);
  const names = new Set(known.map(({ name }) => name));
  // A series that is not in the list is still shown: leaving it out would hide it for good.
  const others = series.filter(({ name }) => !names.has(name)).map(definitionOf);
  const all = [...known, ...new Map(others.map((other) => [other.name, other])).values()];
  return all.map((definition) =>
    familyOf(
      definition,
      series.filter(({ name }) => name === definition.name),
    ),
  );
}

const definitionOf = ({ name, kind }: CountedSeries): MetricDefinition => ({
  name,
  kind,
  unit: kind === 'histogram' ? 'milliseconds' : 'count',
  help: name,
  labels: [],
});

function familyOf(
  { name: plain, kind, help, labels }: MetricDefinition,
  series: readonly CountedSeries[],
): MetricFamily {
  const name = METRIC_PREFIX + plain.replaceAll(/[^A-Za-z0-9_]/g, '_');
  if (kind === 'histogram') {
    return { name, kind, help, unit: 'seconds', samples: series.map(histogramSample) };
  }
  // A counter without labels starts at zero: its first increase is seen then.
  const zero = kind === 'counter' && labels.length === 0 && series.length === 0;
  return { name, kind, help, samples: zero ? [{ labels: {}, value: 0 }] : series };
}

const histogramSample = ({ labels, buckets = [], count = 0, value }: CountedSeries) =>
  ({
    labels,
    buckets: buckets.map((bucket) => ({ upTo: bucket.upToMs / 1_000, count: bucket.count })),
    count,
    sum: value / 1_000,
  }) satisfies HistogramSample;

function cacheFamilies(caches: Readings['caches']): readonly MetricFamily[] {
  const samples = (field: keyof CacheCounters): readonly ValueSample[] =>
    Object.entries(caches).map(([cache, counters]) => ({
      labels: { cache },
      value: counters[field],
    }));
  return [
    counter('cache_hits', 'Lookups that a cache answered', samples('hits')),
    counter('cache_misses', 'Lookups that a cache could not answer', samples('misses')),
    counter('cache_evictions', 'Entries evicted to make room', samples('evictions')),
    gauge('cache_keys', 'Entries in a cache', samples('keys')),
    gauge('cache_used_memory', 'Memory used by a cache', samples('usedMemoryBytes'), 'bytes'),
    gauge('cache_max_memory', 'Memory that a cache may use', samples('maxMemoryBytes'), 'bytes'),
  ];
}

function storeFamilies({ tiers, summaryCount }: Readings): readonly MetricFamily[] {
  const ofTier = (field: 'items' | 'bytes'): readonly ValueSample[] =>
    Object.entries(tiers ?? {}).map(([tier, count]) => ({ labels: { tier }, value: count[field] }));
  const raw = tiers && [{ labels: { tier: 'cold' }, value: tiers.cold.rawBytes }];
  const kept = summaryCount === undefined ? [] : [{ labels: {}, value: summaryCount }];
  return [
    gauge('tier_items', 'Live items by tier', ofTier('items')),
    gauge('tier_stored', 'Bytes as stored, by tier', ofTier('bytes'), 'bytes'),
    gauge('tier_raw', 'Bytes before compression, by tier', raw ?? [], 'bytes'),
    gauge('summaries_kept', 'Summaries in the store', kept),
  ];
}

function processFamilies(stats: ProcessStats): readonly MetricFamily[] {
  const one = (value: number): readonly ValueSample[] => [{ labels: {}, value }];
  return [
    gauge('heap_used', 'Heap in use', one(stats.heapUsedBytes), 'bytes'),
    gauge('heap_limit', 'Heap at which the process ends', one(stats.heapLimitBytes), 'bytes'),
    gauge('resident_memory', 'Memory of the process', one(stats.rssBytes), 'bytes'),
    gauge(
      'event_loop_delay',
      'Lateness of the event loop, 99th percentile since the last reading',
      one(stats.eventLoopDelayMs / 1_000),
      'seconds',
    ),
    gauge('uptime', 'Time since the process started', one(stats.uptimeMs / 1_000), 'seconds'),
  ];
}

const alertSample = ({ metric, level }: Alert): ValueSample => ({
  labels: { metric, level },
  value: 1,
});

const counter = (name: string, help: string, samples: readonly ValueSample[]): MetricFamily => ({
  name: METRIC_PREFIX + name,
  kind: 'counter',
  help,
  samples,
});

const gauge = (
  name: string,
  help: string,
  samples: readonly ValueSample[],
  unit?: 'bytes' | 'seconds',
): MetricFamily => ({
  name: METRIC_PREFIX + name,
  kind: 'gauge',
  help,
  samples,
  ...(unit && { unit }),
});
