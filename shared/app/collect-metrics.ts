import { adviceFor } from '../domain/alert-advice.ts';
import {
  type Alert,
  type AlertState,
  activeAlerts,
  NO_ALERTS,
  stepAlerts,
} from '../domain/alerts.ts';
import {
  type CacheCounters,
  type CacheMetrics,
  type CacheSample,
  cacheMetrics,
  type Measurements,
  type SummaryMetrics,
  tierMetrics,
} from '../domain/measurements.ts';
import { metricFamilies } from '../domain/metric-families.ts';
import { METRICS } from '../domain/metric-names.ts';
import type { MetricsSnapshot } from '../domain/metrics-snapshot.ts';
import { encodeOpenMetrics } from '../domain/open-metrics.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { createProcessStats, type ProcessStats } from '../kernel/process-stats.ts';
import type { StrataOptions } from '../options.ts';
import type { BusMessage, EventBus } from '../ports/event-bus.ts';
import type { HeadCache } from '../ports/head-cache.ts';
import type { Meter } from '../ports/meter.ts';
import type { SessionIndex, StoreTotals } from '../ports/session-index.ts';
import { eventMessage } from './messages.ts';

/** What is looked at. A missing source leaves its part of the snapshot absent. */
export interface MetricsSources {
  readonly cache?: Pick<HeadCache, 'stats'> | undefined;
  /** A Redis cache that is watched beside the hot tier. */
  readonly redis?: Pick<HeadCache, 'stats'> | undefined;
  readonly index?: Pick<SessionIndex, 'totals'> | undefined;
  readonly meter?: Meter | undefined;
  readonly bus?: EventBus | undefined;
}

export interface MetricsCollectorDeps extends MetricsSources {
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: Pick<StrataOptions, 'alertThresholds' | 'alertPendingSamples'>;
  readonly processStats?: () => ProcessStats;
}

export interface MetricsCollector {
  /**
   * Takes a sample, raises and clears alerts and reports the changes. Calls that overlap share one
   * sample. A source that fails is logged and left out; this never rejects.
   */
  collect(): Promise<MetricsSnapshot>;
  /** The alerts that are raised now. */
  alerts(): readonly Alert[];
  isUnderPressure(): boolean;
  /** All metrics as OpenMetrics text. It takes no sample: reading it changes nothing. */
  openMetrics(): Promise<string>;
}

/** Sources are read from `deps` at every sample: a getter may give another one later. */
export function createMetricsCollector(deps: MetricsCollectorDeps): MetricsCollector {
  const { clock } = deps;
  // Readings of delays are since the last one: a scrape must not shorten a sample's.
  const sampleProcess = deps.processStats ?? createProcessStats();
  const scrapeProcess = deps.processStats ?? createProcessStats();
  const caches = { cache: cacheTracker(clock.now()), redis: cacheTracker(clock.now()) };
  const reportedPaths = new Set<string>();
  let state: AlertState = NO_ALERTS;
  let running: Promise<MetricsSnapshot> | undefined;

  async function sample(): Promise<MetricsSnapshot> {
    const { cache, redis, totals } = await readSources(deps);
    const atMs = clock.now();
    const measurements: Measurements = {
      atMs,
      cache: cache && caches.cache(atMs, cache),
      redis: redis && caches.redis(atMs, redis),
      tiers: totals && tierMetrics(totals.tiers),
      process: sampleProcess(),
      summaries: deps.meter && summaryMetrics(deps.meter, totals),
    };
    const { alertThresholds: thresholds, alertPendingSamples: pendingSamples } = deps.options;
    const step = stepAlerts(state, measurements, { thresholds, pendingSamples });
    state = step.state;
    reportUnknown(step.unknown);
    await report(deps, step.raised, step.cleared);
    return { ...measurements, alerts: activeAlerts(state) };
  }

  function reportUnknown(paths: readonly string[]): void {
    for (const path of paths.filter((unknown) => !reportedPaths.has(unknown))) {
      reportedPaths.add(path);
      deps.log.warning('No figure of this name: correct alertThresholds', { path });
    }
  }

  return {
    collect() {
      running ??= sample().finally(() => {
        running = undefined;
      });
      return running;
    },
    alerts: () => activeAlerts(state),
    isUnderPressure: () => activeAlerts(state).length > 0,
    async openMetrics() {
      const { cache, redis, totals } = await readSources(deps);
      return encodeOpenMetrics(
        metricFamilies({
          series: deps.meter?.series() ?? [],
          caches: { ...(cache && { cache }), ...(redis && { redis }) },
          tiers: totals && tierMetrics(totals.tiers),
          summaryCount: totals?.summaries,
          process: scrapeProcess(),
          alerts: activeAlerts(state),
        }),
      );
    },
  };
}

/** Remembers a cache's last sample, so that the next one shows what happened since. */
function cacheTracker(startedAtMs: number) {
  let previous: CacheSample = {
    atMs: startedAtMs,
    counters: { hits: 0, misses: 0, evictions: 0 },
  };
  return (atMs: number, counters: CacheCounters): CacheMetrics => {
    const metrics = cacheMetrics(previous, { atMs, counters });
    previous = { atMs, counters };
    return metrics;
  };
}

async function readSources({ cache, redis, index, meter, log }: MetricsCollectorDeps) {
  // Metrics matter most while something is down: what can be read is reported all the same.
  const attempt = async <T>(source: string, read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      meter?.count(METRICS.sourcesUnread.name, 1, { source });
      log.warning('Metrics could not be read', { source, error });
      return undefined;
    }
  };
  const [cacheStats, redisStats, totals] = await Promise.all([
    cache && attempt('cache', () => cache.stats()),
    redis && attempt('redis', () => redis.stats()),
    index && attempt('store', () => index.totals()),
  ]);
  return { cache: cacheStats, redis: redisStats, totals };
}

function summaryMetrics(meter: Meter, totals: StoreTotals | undefined): SummaryMetrics {
  const series = meter.series();
  const total = ({ name }: { readonly name: string }) =>
    series.reduce((sum, other) => (other.name === name ? sum + other.value : sum), 0);
  return {
    count: totals?.summaries,
    requested: total(METRICS.summariesRequested),
    committed: total(METRICS.summariesCommitted),
    fallback: total(METRICS.summariesFallback),
    refused: total(METRICS.summariesRefused),
  };
}

async function report(
  { bus, meter, log }: MetricsCollectorDeps,
  raised: readonly Alert[],
  cleared: readonly Alert[],
): Promise<void> {
  for (const alert of raised) {
    const severity = alert.level === 'critical' ? 'error' : 'warning';
    log[severity]('Memory pressure', { ...alert, advice: adviceFor(alert.metric) });
  }
  for (const alert of cleared) log.info('Memory pressure is over', { ...alert });
  const messages = [
    ...raised.map((alert) => pressureMessage('pressure.raised', alert)),
    ...cleared.map((alert) => pressureMessage('pressure.cleared', alert)),
  ];
  if (!bus || messages.length === 0) return;
  // The alert itself stands in the snapshot and in the log; the event is for whoever listens.
  await bus.publish(messages).catch((error: unknown) => {
    meter?.count(METRICS.eventsUnpublished.name, messages.length);
    log.warning('Pressure events could not be published', { count: messages.length, error });
  });
}

// One key for a metric: its end must not overtake its beginning.
const pressureMessage = (
  type: 'pressure.raised' | 'pressure.cleared',
  { metric, level, value, threshold }: Alert,
): BusMessage => eventMessage(`pressure/${metric}`, { type, metric, level, value, threshold });
