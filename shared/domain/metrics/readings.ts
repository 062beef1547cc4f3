import type { ProcessStats } from '../../kernel/process-stats.ts';
import type { Alert } from './alerts.ts';
import type { CacheMetrics, CacheTotals } from './cache-figures.ts';
import { METRICS } from './catalogue.ts';
import type { TierMetrics } from './measurements.ts';
import type { Metric, MetricSeries, ValueSeries } from './metric.ts';

export interface CacheReading {
  readonly totals: CacheTotals;
  /** How it is now. */
  readonly now: CacheMetrics;
  /** Its rates between the last two samples; absent before the first one. */
  readonly rates?: Pick<CacheMetrics, 'hitRate' | 'evictionRate'> | undefined;
}

/** What is read beside the meter; what was out of reach is absent. */
export interface Readings {
  readonly l1?: CacheReading | undefined;
  readonly redis?: CacheReading | undefined;
  readonly tiers?: TierMetrics | undefined;
  readonly sessions?: number | undefined;
  readonly summaryCount?: number | undefined;
  readonly process: ProcessStats;
  readonly alerts: readonly Alert[];
}

/** The readings as series of the catalogue. */
export const seriesOfReadings = (readings: Readings): readonly MetricSeries[] =>
  [
    ...l1Series(readings.l1),
    ...redisSeries(readings.redis),
    ...storeSeries(readings),
    ...processSeries(readings.process),
    ...readings.alerts.map(({ metric, level }) => one(METRICS.alert, 1, { metric, level })),
  ].flat();

type Level<L extends string> = Metric<'gauge' | 'cumulative', L>;

/** No series at all where there is no value. */
function one<L extends string>(
  metric: Level<L>,
  value: number | undefined,
  labels: Readonly<Record<NoInfer<L>, string>>,
): ValueSeries[] {
  return value === undefined ? [] : [{ metric, labels, value }];
}

const plain = (metric: Level<never>, value: number | undefined) => one(metric, value, {});

function l1Series(l1: CacheReading | undefined): ValueSeries[][] {
  if (!l1) return [];
  const { totals, now, rates } = l1;
  return [
    plain(METRICS.l1Hits, totals.hits),
    plain(METRICS.l1Misses, totals.misses),
    plain(METRICS.l1Evictions, totals.evictions),
    plain(METRICS.l1HitRate, rates?.hitRate),
    plain(METRICS.l1EvictionRate, rates?.evictionRate),
    plain(METRICS.l1Keys, now.keys),
    plain(METRICS.l1UsedMemory, now.usedMemoryBytes),
    plain(METRICS.l1MaxMemory, now.maxMemoryBytes),
  ];
}

function redisSeries(redis: CacheReading | undefined): ValueSeries[][] {
  if (!redis) return [];
  const { totals, now, rates } = redis;
  return [
    plain(METRICS.redisHits, totals.hits),
    plain(METRICS.redisMisses, totals.misses),
    plain(METRICS.redisHitRate, rates?.hitRate),
    plain(METRICS.redisEvictions, totals.evictions),
    plain(METRICS.redisEvictionRate, rates?.evictionRate),
    plain(METRICS.redisRefusedWrites, totals.refusedWrites),
    plain(METRICS.redisKeys, now.keys),
    plain(METRICS.redisUsedMemory, now.usedMemoryBytes),
    plain(METRICS.redisMaxMemory, now.maxMemoryBytes),
    plain(METRICS.redisUsedRatio, now.usedMemoryRatio),
    plain(METRICS.redisFragmentation, now.fragmentationRatio),
    plain(METRICS.redisRoundTrip, now.roundTripMs),
  ];
}

function storeSeries({ tiers, sessions, summaryCount }: Readings): ValueSeries[][] {
  const ofTier = (metric: Level<'tier'>, field: 'items' | 'bytes') =>
    Object.entries(tiers ?? {}).flatMap(([tier, count]) => one(metric, count[field], { tier }));
  return [
    ofTier(METRICS.tierItems, 'items'),
    ofTier(METRICS.tierBytes, 'bytes'),
    one(METRICS.tierRawBytes, tiers?.cold.rawBytes, { tier: 'cold' }),
    plain(METRICS.sessions, sessions),
    plain(METRICS.summariesKept, summaryCount),
  ];
}

const processSeries = (stats: ProcessStats): ValueSeries[][] => [
  plain(METRICS.heapUsed, stats.heapUsedBytes),
  plain(METRICS.heapLimit, stats.heapLimitBytes),
  plain(METRICS.heapUsedRatio, stats.heapUsedRatio),
  plain(METRICS.residentMemory, stats.rssBytes),
  plain(METRICS.residentShare, stats.rssRatio),
  plain(METRICS.eventLoopDelay, stats.eventLoopDelayMs),
  plain(METRICS.uptime, stats.uptimeMs),
];
