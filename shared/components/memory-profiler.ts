import { startCloudProfiler } from '../adapters/cloud-profiler/start-cloud-profiler.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { MetricsCollector } from '../app/collect-metrics.ts';
import type { MetricsSources } from '../app/metrics-sources.ts';
import type { Alert } from '../domain/metrics/alerts.ts';
import type { MetricsSnapshot } from '../domain/metrics/metrics-snapshot.ts';
import { type Clock, SECOND_MS, systemClock } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { type Logger, silentLogger } from '../kernel/logger.ts';
import { systemTimers, type Timers } from '../kernel/timers.ts';
import type { StrataOptions } from '../options.ts';
import type { CacheStats } from '../ports/head-cache.ts';
import { openMonitoring } from './open-monitoring.ts';
import { readOptions } from './read-options.ts';
import type { Tuning } from './tuning.ts';

const SERVICE = 'strata';

/** The seed's options with its defaults. */
export interface MemoryProfilerOptions
  extends Pick<Tuning, 'profilingInterval' | 'alertThresholds' | 'alertPendingSamples'> {
  /** A Google Cloud project, whose Cloud Monitoring is given every sample too. */
  readonly projectId?: string;
  /** Names this service in log lines, Cloud Monitoring and Cloud Profiler. Default `strata`. */
  readonly serviceName?: string;
  /**
   * Starts Cloud Profiler of the project with `startProfiling`. It needs `@google-cloud/profiler`
   * installed, and stays until the process ends. Default `false`.
   */
  readonly enableCloudProfiler?: boolean;
  /** Another address of Cloud Monitoring; with `http` it is called without credentials. */
  readonly monitoringUrl?: string;
  /** Tells the time. Default: the system's. */
  readonly clock?: Clock;
  /** Wakes the sampling. Default: the system's. */
  readonly timers?: Timers;
  /** Takes log lines; `jsonLogger` writes them. Default: none are written. */
  readonly log?: Logger;
}

const TAKEN: Readonly<Record<keyof MemoryProfilerOptions, true>> = {
  profilingInterval: true,
  alertThresholds: true,
  alertPendingSamples: true,
  projectId: true,
  serviceName: true,
  enableCloudProfiler: true,
  monitoringUrl: true,
  clock: true,
  timers: true,
  log: true,
};

/** What a `TieredStorageManager` shows of itself. It may be read only after it was initialised. */
export interface ProfiledStorage {
  readonly metricsSources: MetricsSources;
}

/** What a `RedisLruCache` shows of itself. */
export interface ProfiledCache {
  getStats(): Promise<CacheStats>;
}

/**
 * The seed's `MemoryProfiler`: samples how the memory does, and says when it is under pressure.
 * Without a storage or a cache it watches the process alone.
 */
export class MemoryProfiler {
  readonly #given: MemoryProfilerOptions;
  readonly #intervalMs: number;
  readonly #timers: Timers;
  readonly #log: Logger;
  readonly #collector: MetricsCollector;
  #storage: ProfiledStorage | undefined;
  #redis: { stats(): Promise<CacheStats> } | undefined;
  #running: { cancel: () => void } | undefined;
  #isCloudProfiled = false;

  /** @throws AppError `invalid-argument` when an option is unknown or out of bounds. */
  constructor(given: MemoryProfilerOptions = {}) {
    const options = readOptions(given, TAKEN);
    this.#given = given;
    this.#intervalMs = options.profilingInterval * SECOND_MS;
    this.#timers = given.timers ?? systemTimers;
    this.#log = given.log ?? silentLogger;
    this.#collector = this.#createCollector(options);
  }

  /** Watches its hot tier, its store and its counters. */
  setTieredStorage(storage: ProfiledStorage): void {
    this.#storage = storage;
  }

  /** Watches it as `redis`, and so as `cache`, before the one of the tiered storage. */
  setRedisCache(cache: ProfiledCache): void {
    this.#redis = { stats: () => cache.getStats() };
  }

  /** Takes a sample now and one every `profilingInterval`, until `stopProfiling` or the process ends. */
  startProfiling(): void {
    if (this.#running) return;
    this.#startCloudProfiler();
    const running = { cancel: () => {} };
    this.#running = running;
    const sample = async (): Promise<void> => {
      await this.#sampleOnce();
      if (this.#running === running) {
        running.cancel = this.#timers.after(this.#intervalMs, () => void sample());
      }
    };
    void sample();
  }

  /** Takes no further sample by itself. Alerts stay as the last sample left them. */
  stopProfiling(): void {
    this.#running?.cancel();
    this.#running = undefined;
  }

  /** Takes a sample. Calls that overlap share one. */
  collectMetrics(): Promise<MetricsSnapshot> {
    return this.#collector.collect();
  }

  /** Whether the last sample left an alert raised. */
  isMemoryPressureDetected(): boolean {
    return this.#collector.isUnderPressure();
  }

  getAlerts(): readonly Alert[] {
    return this.#collector.alerts();
  }

  /** All metrics as OpenMetrics text. */
  openMetrics(): Promise<string> {
    return this.#collector.openMetrics();
  }

  #startCloudProfiler(): void {
    const { projectId, serviceName: service = SERVICE, enableCloudProfiler } = this.#given;
    if (!enableCloudProfiler || projectId === undefined || this.#isCloudProfiled) return;
    this.#isCloudProfiled = true;
    // It never fails, and nothing waits for it.
    void startCloudProfiler({ projectId, service, log: this.#log });
  }

  async #sampleOnce(): Promise<void> {
    try {
      await this.#collector.collect();
    } catch (error) {
      // A storage that was closed meanwhile, for example: the next sample may work again.
      this.#log.warning('A sample of the metrics failed', { error });
    }
  }

  #createCollector(options: StrataOptions): MetricsCollector {
    const { clock = systemClock, serviceName = SERVICE, projectId, monitoringUrl } = this.#given;
    const place = { namespace: 'strata', job: serviceName, ...dropAbsent({ url: monitoringUrl }) };
    const exporter = projectId === undefined ? undefined : openMonitoring({ projectId, ...place });
    const sources = () => this.#storage?.metricsSources;
    const redis = () => this.#redis;
    const log = withFields(this.#log, { service: serviceName });
    return new MetricsCollector({
      clock,
      log,
      options,
      exporter,
      processMeter: new InProcessMeter(),
      get l1() {
        return sources()?.l1;
      },
      get redis() {
        return redis() ?? sources()?.redis;
      },
      get index() {
        return sources()?.index;
      },
      get meter() {
        return sources()?.meter;
      },
      get bus() {
        return sources()?.bus;
      },
      get relief() {
        return sources()?.relief;
      },
    });
  }
}

function withFields(log: Logger, added: Readonly<Record<string, unknown>>): Logger {
  return {
    info: (message, fields) => log.info(message, { ...added, ...fields }),
    warning: (message, fields) => log.warning(message, { ...added, ...fields }),
    error: (message, fields) => log.error(message, { ...added, ...fields }),
  };
}
