import { adviceFor } from '../domain/metrics/alert-advice.ts';
import {
  type Alert,
  type AlertState,
  activeAlerts,
  NO_ALERTS,
  stepAlerts,
} from '../domain/metrics/alerts.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import {
  type CacheCounters,
  type CacheMetrics,
  type CacheSample,
  cacheMetrics,
  type Measurements,
  type SummaryMetrics,
  tierMetrics,
} from '../domain/metrics/measurements.ts';
import type { MetricSeries, MetricsSample } from '../domain/metrics/metric.ts';
import type { MetricsSnapshot } from '../domain/metrics/metrics-snapshot.ts';
import { encodeOpenMetrics } from '../domain/metrics/open-metrics.ts';
import { seriesOfReadings } from '../domain/metrics/readings.ts';
import { totalOf } from '../domain/metrics/series.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { createProcessStats, type ProcessStats } from '../kernel/process-stats.ts';
import type { StrataOptions } from '../options.ts';
import type { BusMessage, EventBus } from '../ports/event-bus.ts';
import type { HeadCache } from '../ports/head-cache.ts';
import type { Meter } from '../ports/meter.ts';
import type { MetricsExporter } from '../ports/metrics-exporter.ts';
import type { SessionIndex, StoreTotals } from '../ports/session-index.ts';
import { eventMessage } from './messages.ts';

/** What is looked at. A missing source leaves its part of the snapshot absent. */
export interface MetricsSources {
  /** The hot tier's half in this process. */
  readonly l1?: Pick<HeadCache, 'stats'> | undefined;
  readonly redis?: Pick<HeadCache, 'stats'> | undefined;
  readonly index?: Pick<SessionIndex, 'totals'> | undefined;
  readonly meter?: Meter | undefined;
  readonly bus?: EventBus | undefined;
  /** Given every sample. */
  readonly exporter?: MetricsExporter | undefined;
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
  const startedAtMs = clock.now();
  const caches = { l1: cacheTracker(startedAtMs), redis: cacheTracker(startedAtMs) };
  const reportedPaths = new Set<string>();
  let state: AlertState = NO_ALERTS;
  let latest: Measurements | undefined;
  let running: Promise<MetricsSnapshot> | undefined;

  async function sample(): Promise<MetricsSnapshot> {
    const read = await readSources(deps);
    const { totals } = read;
    const atMs = clock.now();
    const l1 = read.l1 && caches.l1(atMs, read.l1);
    const redis = read.redis && caches.redis(atMs, read.redis);
    const measurements: Measurements = {
      atMs,
      cache: redis ?? l1,
      l1,
      redis,
      tiers: totals && tierMetrics(totals.tiers),
      store: totals && { sessions: totals.sessions },
      process: sampleProcess(),
      summaries: deps.meter && summaryMetrics(deps.meter, totals),
    };
    latest = measurements;
    const { alertThresholds: thresholds, alertPendingSamples: pendingSamples } = deps.options;
    const step = stepAlerts(state, measurements, { thresholds, pendingSamples });
    state = step.state;
    reportUnknown(step.unknown);
    await report(deps, step.raised, step.cleared);
    const series = seriesNow(read, measurements.process);
    await exportSample(deps, { atMs, startedAtMs, series });
    return { ...measurements, alerts: activeAlerts(state) };
  }

  const seriesNow = (read: Sources, process: ProcessStats): readonly MetricSeries[] => [
    ...(deps.meter?.series() ?? []),
    ...seriesOfReadings({
      l1: read.l1 && { counters: read.l1, rates: latest?.l1 },
      redis: read.redis && { counters: read.redis, rates: latest?.redis },
      tiers: read.totals && tierMetrics(read.totals.tiers),
      sessions: read.totals?.sessions,
      summaryCount: read.totals?.summaries,
      process,
      alerts: activeAlerts(state),
    }),
  ];

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
    openMetrics: async () => encodeOpenMetrics(seriesNow(await readSources(deps), scrapeProcess())),
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

interface Sources {
  readonly l1: CacheCounters | undefined;
  readonly redis: CacheCounters | undefined;
  readonly totals: StoreTotals | undefined;
}

async function readSources(deps: MetricsCollectorDeps): Promise<Sources> {
  const { l1: local, redis: remote, index, meter, log } = deps;
  // Metrics matter most while something is down: what can be read is reported all the same.
  const attempt = async <T>(source: string, read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      meter?.count(METRICS.sourcesUnread, 1, { source });
      log.warning('Metrics could not be read', { source, error });
      return undefined;
    }
  };
  const [l1, redis, totals] = await Promise.all([
    local && attempt('l1', () => local.stats()),
    remote && attempt('redis', () => remote.stats()),
    index && attempt('store', () => index.totals()),
  ]);
  return { l1, redis, totals };
}

function summaryMetrics(meter: Meter, totals: StoreTotals | undefined): SummaryMetrics {
  const series = meter.series();
  return {
    count: totals?.summaries,
    requested: totalOf(series, METRICS.summariesRequested),
    committed: totalOf(series, METRICS.summariesCommitted),
    fallback: totalOf(series, METRICS.summariesFallback),
    refused: totalOf(series, METRICS.summariesRefused),
  };
}

async function exportSample(
  { exporter, meter, log }: MetricsCollectorDeps,
  sample: MetricsSample,
): Promise<void> {
  // The snapshot is an answer without it, and cumulative series tell the next time.
  await exporter?.export(sample).catch((error: unknown) => {
    meter?.count(METRICS.samplesUnexported);
    log.warning('A sample of the metrics was not exported', { error });
  });
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
    meter?.count(METRICS.eventsUnpublished, messages.length);
    log.warning('Pressure events could not be published', { count: messages.length, error });
  });
}

// One key for a metric: its end must not overtake its beginning.
const pressureMessage = (
  type: 'pressure.raised' | 'pressure.cleared',
  { metric, level, value, threshold }: Alert,
): BusMessage => eventMessage(`pressure/${metric}`, { type, metric, level, value, threshold });
