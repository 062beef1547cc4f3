import type { LabelsOf, Metric, MetricSeries } from '../domain/metrics/metric.ts';

/**
 * Counts what happens in this process. Synchronous and cheap: it stands on hot paths. A number that
 * would spoil a series is ignored.
 */
export interface Meter {
  /** Adds to a counter that only grows; by 1 unless told otherwise. */
  count<L extends string>(
    metric: Metric<'cumulative', L>,
    by?: number,
    labels?: LabelsOf<NoInfer<L>>,
  ): void;

  /** Sets a level. */
  gauge<L extends string>(
    metric: Metric<'gauge', L>,
    value: number,
    labels?: LabelsOf<NoInfer<L>>,
  ): void;

  /** Adds one duration, in milliseconds. */
  observe<L extends string>(
    metric: Metric<'distribution', L>,
    ms: number,
    labels?: LabelsOf<NoInfer<L>>,
  ): void;

  /** Copies: what was read does not change afterwards. */
  series(): readonly MetricSeries[];
}
