import { ALL_METRICS } from '../../domain/metrics/catalogue.ts';
import type { MetricsSample } from '../../domain/metrics/metric.ts';
import { AppError } from '../../kernel/app-error.ts';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { forEachAtOnce } from '../../kernel/for-each.ts';
import type { Timers } from '../../kernel/timers.ts';
import type { MetricsExporter } from '../../ports/metrics-exporter.ts';
import { descriptorOf } from './descriptors.ts';
import { metricType, TYPE_PREFIX } from './metric-type.ts';
import type { MonitoringClient } from './monitoring-client.ts';
import { type Place, type TimeSeries, timeSeriesOf } from './time-series.ts';
import { monitoringError, type Refusal, reasonOf, refusalOf } from './write-failure.ts';

/** The API takes no more in a call (https://cloud.google.com/monitoring/quotas, 2026-11). */
const MAX_SERIES_PER_CALL = 200;
/** It takes a point of a series every 5 s, and every 10 s until 2022: the same page. */
const MIN_SPACING_MS = 10 * SECOND_MS;
/** A sample is exported inside a request, which waits for it. */
const TIME_LIMIT_MS = 5 * SECOND_MS;
/** After an outage, so that not every request that takes a sample waits in vain. */
const REST_MS = 5 * MINUTE_MS;
const MAX_CALLS_AT_ONCE = 8;

export interface CloudMonitoringExporterOptions {
  /** Called on the first sample, and again after it failed. */
  readonly connect: () => Promise<{ readonly client: MonitoringClient; readonly place: Place }>;
  readonly timers: Timers;
}

/** Writes samples to Cloud Monitoring as custom metrics. */
export class CloudMonitoringExporter implements MetricsExporter {
  readonly #options: CloudMonitoringExporterOptions;
  #connected: ReturnType<CloudMonitoringExporterOptions['connect']> | undefined;
  #areDescribed = false;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: CloudMonitoringExporterOptions) {
    this.#options = options;
  }

  /**
   * Writes the sample. One that comes less than ten seconds after the last is left out: the next one
   * tells all that counts up. Nothing takes longer than five seconds, and after an outage nothing is
   * sent for five minutes.
   *
   * @throws AppError `unavailable` that says how many points were refused and why.
   */
  async export(sample: MetricsSample): Promise<void> {
    const { atMs } = sample;
    if (atMs < this.#restsUntilMs)
      throw new AppError('unavailable', 'Cloud Monitoring did not answer lately');
    // Also when the clock was set back: points must come in order.
    if (atMs < this.#lastAtMs + MIN_SPACING_MS) return;
    this.#lastAtMs = atMs;
    const refusals = await this.#within(TIME_LIMIT_MS, (signal) =>
      this.#write(sample, signal),
    ).catch((thrown: unknown) => {
      this.#restsUntilMs = atMs + REST_MS;
      throw monitoringError(thrown);
    });
    if (refusals.length > 0) throw incomplete(refusals, sample.series.length);
  }

  /** What was refused; an outage is thrown. */
  async #write(sample: MetricsSample, signal: AbortSignal): Promise<readonly Refusal[]> {
    const { client, place } = await this.#connection();
    const refusals: Refusal[] = [];
    const note = (refusal: Refusal | undefined) => void (refusal && refusals.push(refusal));
    note(await this.#describe(client, signal));
    await forEachAtOnce(chunksOf(timeSeriesOf(sample, place)), MAX_CALLS_AT_ONCE, async (chunk) =>
      note(await writtenTo(client, chunk, signal)),
    );
    return refusals;
  }

  #connection() {
    this.#connected ??= this.#options.connect().catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    });
    return this.#connected;
  }

  /**
   * Makes the descriptors that are missing, once in a process: whoever comes first in a project makes
   * them all, everybody later only asks. Without one, the API would make it from the first point,
   * with no word of what the metric means.
   */
  async #describe(client: MonitoringClient, signal: AbortSignal): Promise<Refusal | undefined> {
    if (this.#areDescribed) return undefined;
    this.#areDescribed = true;
    try {
      const known = await client.listTypes(TYPE_PREFIX, signal);
      const missing = ALL_METRICS.filter((metric) => !known.has(metricType(metric)));
      await forEachAtOnce(missing, MAX_CALLS_AT_ONCE, (metric) =>
        client.createDescriptor(descriptorOf(metric), signal),
      );
      return undefined;
    } catch (thrown) {
      // The figures are worth more than their description: go on, and tell.
      return { points: 0, reason: `descriptors could not be made: ${reasonOf(thrown)}` };
    }
  }

  async #within<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#options.timers.after(limitMs, () => {
      reject(tooLate(limitMs));
      controller.abort();
    });
    // Credentials are fetched before any call, and take no signal.
    return Promise.race([work(controller.signal), late]).finally(cancel);
  }
}

const tooLate = (limitMs: number): AppError =>
  new AppError('unavailable', `Cloud Monitoring gave no answer within ${limitMs} ms`);

async function writtenTo(
  client: MonitoringClient,
  chunk: readonly TimeSeries[],
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  try {
    await client.write(chunk, signal);
    return undefined;
  } catch (thrown) {
    const refusal = refusalOf(thrown, chunk.length);
    if (!refusal) throw thrown;
    return refusal;
  }
}

function incomplete(refusals: readonly Refusal[], sent: number): AppError {
  const refused = refusals.reduce((sum, { points }) => sum + points, 0);
  const reasons = refusals.map(({ reason }) => reason).join('; ');
  return new AppError(
    'unavailable',
    `Cloud Monitoring refused ${refused} of ${sent} points: ${reasons}`,
  );
}

function chunksOf(series: readonly TimeSeries[]): readonly (readonly TimeSeries[])[] {
  const count = Math.ceil(series.length / MAX_SERIES_PER_CALL);
  return Array.from({ length: count }, (_, index) =>
    series.slice(index * MAX_SERIES_PER_CALL, (index + 1) * MAX_SERIES_PER_CALL),
  );
}
