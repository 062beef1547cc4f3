import type { MetricsSample } from '../domain/metrics/metric.ts';

/** Takes the figures of this process somewhere else, for example to Cloud Monitoring. */
export interface MetricsExporter {
  /**
   * Called with every sample that the profiler takes. What was not taken is not lost: cumulative
   * series tell the next time.
   *
   * @throws AppError `unavailable` when some or all of it was not taken; it is counted and logged.
   */
  export(sample: MetricsSample): Promise<void>;
}
