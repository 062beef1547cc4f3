import type { Alert } from '../domain/metrics/alerts.ts';
import { CacheWatch } from '../domain/metrics/cache-watch.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { measure } from '../domain/metrics/measure.ts';
import type { MetricSeries } from '../domain/metrics/metric.ts';
import type { MetricsSnapshot } from '../domain/metrics/metrics-snapshot.ts';
import { encodeOpenMetrics } from '../domain/metrics/open-metrics.ts';
import { seriesOfReadings } from '../domain/metrics/readings.ts';
import { mergeSeries } from '../domain/metrics/series.ts';
import { type Clock, SECOND_MS } from '../kernel/clock.ts';
import { type GcWatch, watchGc } from '../kernel/gc-pauses.ts';
import { oldSpaceLimitBytes, oldSpaceUsedBytes } from '../kernel/heap-limit.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  createProcessStats,
  type DelayHistogram,
  type ProcessStats,
  watchEventLoop,
} from '../kernel/process-stats.ts';
import type { StrataOptions } from '../options.ts';
import type { Meter } from '../ports/meter.ts';
import { type MetricsSources, readSources, type Sources } from './metrics-sources.ts';
import { PressureWatch, type SampleScope } from './pressure-watch.ts';

/** Sources are read from here at every sample: a getter may give another one later. */
export interface MetricsCollectorDeps extends MetricsSources {
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: Pick<
    StrataOptions,
    'alertThresholds' | 'alertPendingSamples' | 'profilingInterval'
  >;
  /** Counts what this process is like; it may be `meter` itself. */
  readonly processMeter: Meter;
  readonly processStats?: () => ProcessStats;
}

/** Where somebody collects, a poll steps in only when he is late. */
const LATE = 1.5;

/** Samples how the memory does. Watching begins with the first call: without one it costs nothing. */
export class MetricsCollector {
  readonly #deps: MetricsCollectorDeps;
  readonly #startedAtMs: number;
  readonly #l1: CacheWatch;
  readonly #redis: CacheWatch;
  readonly #pressure: PressureWatch;
  #process: ProcessWatch | undefined;
  /** Counted series of the last sample. */
  #before: readonly MetricSeries[] = [];
  #sampledAtMs: number;
  #patience = 1;
  #running:
    | { readonly scope: SampleScope; readonly snapshot: Promise<MetricsSnapshot> }
    | undefined;

  constructor(deps: MetricsCollectorDeps) {
    this.#deps = deps;
    this.#startedAtMs = deps.clock.now();
    this.#sampledAtMs = this.#startedAtMs;
    this.#l1 = new CacheWatch(this.#startedAtMs);
    this.#redis = new CacheWatch(this.#startedAtMs);
    this.#pressure = new PressureWatch(deps);
  }

  /**
   * Takes a sample, raises and clears alerts and reports the changes. Calls that overlap share one
   * sample. A source that fails is logged and left out.
   */
  collect(): Promise<MetricsSnapshot> {
    this.#patience = LATE;
    return this.#start('whole');
  }

  /**
   * The same for what any process can tell of itself, when no sample was taken for
   * `profilingInterval`; else nothing, and no promise. Where functions have processes of their own,
   * it is their calls that take the samples.
   */
  poll(): Promise<void> | undefined {
    const { clock, options } = this.#deps;
    this.#watching();
    const dueMs = options.profilingInterval * SECOND_MS * this.#patience;
    if (this.#running || clock.now() - this.#sampledAtMs < dueMs) return undefined;
    return this.#start('process').then(
      () => undefined,
      (error: unknown) => this.#deps.log.warning('A sample of the metrics failed', { error }),
    );
  }

  /** The alerts that are raised now. */
  alerts(): readonly Alert[] {
    return this.#pressure.alerts;
  }

  isUnderPressure(): boolean {
    return this.alerts().length > 0;
  }

  /** All metrics as OpenMetrics text. It takes no sample: reading it changes nothing. */
  async openMetrics(): Promise<string> {
    const { scraped, gc } = this.#watching();
    gc.flush();
    const read = await this.#read('whole');
    return encodeOpenMetrics(this.#seriesOf(read, this.#deps.clock.now(), scraped()));
  }

  close(): void {
    this.#process?.stop();
  }

  #start(scope: SampleScope): Promise<MetricsSnapshot> {
    const running = this.#running;
    if (running && (scope === 'process' || running.scope === 'whole')) return running.snapshot;
    // What a process tells of itself is not what was asked for: the whole comes after it.
    const before = running?.snapshot.catch(() => undefined);
    const snapshot = before ? before.then(() => this.#sample(scope)) : this.#sample(scope);
    const started = { scope, snapshot };
    this.#running = started;
    return snapshot.finally(() => {
      if (this.#running === started) this.#running = undefined;
    });
  }

  async #sample(scope: SampleScope): Promise<MetricsSnapshot> {
    const { sampled, gc } = this.#watching();
    gc.flush();
    const read = await this.#read(scope);
    const atMs = this.#deps.clock.now();
    this.#sampledAtMs = atMs;
    const now = this.#counted();
    const measurements = measure({
      atMs,
      l1: this.#l1.sample(read.l1, atMs),
      redis: this.#redis.sample(read.redis, atMs),
      totals: read.totals,
      process: sampled(),
      counted: { now, before: this.#before },
      hasMemory: this.#deps.meter !== undefined,
    });
    this.#before = now;
    await this.#pressure.judge(measurements, scope, this.#meter);
    await this.#export(atMs, this.#seriesOf(read, atMs, measurements.process));
    return { ...measurements, alerts: this.alerts() };
  }

  #watching(): ProcessWatch {
    this.#process ??= this.#watchProcess();
    return this.#process;
  }

  #watchProcess(): ProcessWatch {
    const { processMeter, processStats } = this.#deps;
    let keptBytes: number | undefined;
    const gc = watchGc(({ kind, ms }) => {
      processMeter.observe(METRICS.gcPause, ms, { kind });
      if (kind !== 'major') return;
      keptBytes = oldSpaceUsedBytes();
      this.#pressure.heapWasCollected(keptBytes / oldSpaceLimitBytes());
    });
    const [ofSamples, ofScrapes] = [watchEventLoop(), watchEventLoop()];
    const read = (delays: DelayHistogram) =>
      processStats ?? createProcessStats({ delays, keptBytes: () => keptBytes });
    const stop = () => {
      gc.stop();
      ofSamples.disable();
      ofScrapes.disable();
    };
    return { sampled: read(ofSamples), scraped: read(ofScrapes), gc, stop };
  }

  #read(scope: SampleScope): Promise<Sources> {
    const { log } = this.#deps;
    return readSources(this.#deps, { withStore: scope === 'whole', meter: this.#meter, log });
  }

  get #meter(): Meter {
    return this.#deps.meter ?? this.#deps.processMeter;
  }

  #counted(): readonly MetricSeries[] {
    const { processMeter } = this.#deps;
    const own = processMeter.series();
    return this.#meter === processMeter ? own : mergeSeries([...own, ...this.#meter.series()]);
  }

  #seriesOf({ l1, redis, totals }: Sources, atMs: number, process: ProcessStats) {
    const readings = seriesOfReadings({
      l1: this.#l1.look(l1, atMs),
      redis: this.#redis.look(redis, atMs),
      tiers: totals?.tiers,
      sessions: totals?.sessions,
      summaryCount: totals?.summaries,
      process,
      alerts: this.alerts(),
    });
    return [...this.#counted(), ...readings];
  }

  async #export(atMs: number, series: readonly MetricSeries[]): Promise<void> {
    const { exporter, log } = this.#deps;
    const startedAtMs = this.#startedAtMs;
    // The snapshot is an answer without it, and cumulative series tell the next time.
    await exporter?.export({ atMs, startedAtMs, series }).catch((error: unknown) => {
      this.#meter.count(METRICS.samplesUnexported);
      log.warning('A sample of the metrics was not exported', { error });
    });
  }
}

interface ProcessWatch {
  /** Readings of delays are since the last one: a scrape must not shorten a sample's. */
  readonly sampled: () => ProcessStats;
  readonly scraped: () => ProcessStats;
  readonly gc: GcWatch;
  readonly stop: () => void;
}
