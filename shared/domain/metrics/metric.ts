/** `gauge`: a level. `cumulative`: only grows while its process lives. `distribution`: durations. */
export type MetricKind = 'gauge' | 'cumulative' | 'distribution';

/** What a metric's values are in, here and on every path inside; exporters convert at their edge. */
export type MetricUnit = 'count' | 'bytes' | 'milliseconds' | 'ratio' | 'perSecond' | 'usd';

/**
 * Whose figure it is. `process`: of this process alone, to be added up over instances. `system`: of
 * something that all instances share, so that any one of them tells the whole.
 */
export type MetricScope = 'process' | 'system';

/** One entry of the catalogue. */
export interface Metric<K extends MetricKind = MetricKind, L extends string = string> {
  /** Snake case, without prefix, unit or `_total`: exporters append what their format wants. */
  readonly name: string;
  readonly kind: K;
  readonly unit: MetricUnit;
  readonly scope: MetricScope;
  readonly meaning: string;
  /** What each label of its series says; few values each. */
  readonly labels: Readonly<Record<L, string>>;
  /** Distributions only: upper bounds in milliseconds, ascending. */
  readonly boundsMs?: readonly number[];
  /** It is shown as zero before anything was counted, so that its first increase is seen. */
  readonly startsAtZero?: boolean;
  /** Where the snapshot shows it; `*` stands for any name. Absent: in the exports alone. */
  readonly paths?: readonly string[];
}

/** Values of a metric's labels. */
export type LabelsOf<L extends string> = Readonly<Record<L, string>>;

/** What was observed, in milliseconds. */
export interface Distribution {
  readonly count: number;
  readonly sumMs: number;
  /** Observations at or below each bound, bounds ascending; those above the last are in `count` alone. */
  readonly buckets: readonly { readonly upToMs: number; readonly count: number }[];
}

interface SeriesOf<K extends MetricKind> {
  readonly metric: Metric<K>;
  readonly labels: Readonly<Record<string, string>>;
}
export type ValueSeries = SeriesOf<'gauge' | 'cumulative'> & { readonly value: number };
export type DistributionSeries = SeriesOf<'distribution'> & { readonly distribution: Distribution };

/** One line of figures: a metric under one set of labels. */
export type MetricSeries = ValueSeries | DistributionSeries;

/** All figures of one moment, for an exporter. Instants are Unix milliseconds. */
export interface MetricsSample {
  readonly atMs: number;
  /** When every cumulative series and distribution began at zero. */
  readonly startedAtMs: number;
  readonly series: readonly MetricSeries[];
}

export const isDistribution = (series: MetricSeries): series is DistributionSeries =>
  'distribution' in series;
