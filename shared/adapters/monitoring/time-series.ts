import {
  type Distribution,
  isDistribution,
  type MetricSeries,
  type MetricsSample,
} from '../../domain/metrics/metric.ts';
import { metricType, type Typing, typingOf, type ValueTypeName } from './metric-type.ts';

/** Where the figures come from, as Cloud Monitoring tells processes apart. */
export interface Place {
  readonly projectId: string;
  /** A region; `global` where none is known. */
  readonly location: string;
  /** Tells this Strata from others in the project. */
  readonly namespace: string;
  /** The function, or the service that uses the library. */
  readonly job: string;
  /** This process; another one never has the same. */
  readonly taskId: string;
}

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

export type PointValue =
  | { readonly int64Value: number }
  | { readonly doubleValue: number }
  | { readonly distributionValue: DistributionValue };

interface DistributionValue {
  readonly count: number;
  readonly mean: number;
  readonly bucketOptions: { readonly explicitBuckets: { readonly bounds: number[] } };
  /** One more than bounds: the last one is above all of them. */
  readonly bucketCounts: number[];
}

/** A `TimeSeries` of the API with its one new point. */
export interface TimeSeries extends Typing {
  readonly metric: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly resource: {
    readonly type: 'generic_task';
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly points: readonly [
    {
      readonly interval: { readonly startTime?: Timestamp; readonly endTime: Timestamp };
      readonly value: PointValue;
    },
  ];
}

/**
 * A sample as the series of one place. Every process is a task of its own (`generic_task`, as
 * Google's own exporter has it for Cloud Run and Cloud Functions): `cloud_run_revision` names no
 * instance, so that two instances would write into one series and refuse each other's points.
 */
export const timeSeriesOf = (sample: MetricsSample, place: Place): readonly TimeSeries[] =>
  sample.series.filter(isWritable).map((series) => ({
    metric: { type: metricType(series.metric), labels: series.labels },
    resource: resourceOf(series, place),
    ...typingOf(series.metric),
    points: [{ interval: intervalOf(series, sample), value: pointValueOf(series) }],
  }));

/** The API takes no figure that is no number. */
const isWritable = (series: MetricSeries): boolean =>
  isDistribution(series) || Number.isFinite(series.value);

/**
 * What all processes share has one series for them all, whoever reads it, so that a new process
 * makes no new one; but what counts up has one writer and one start.
 */
function resourceOf({ metric }: MetricSeries, place: Place): TimeSeries['resource'] {
  const { projectId, location, namespace, job, taskId } = place;
  const isShared = metric.scope === 'system' && metric.kind === 'gauge';
  const task = isShared ? { job: 'shared', task_id: 'shared' } : { job, task_id: taskId };
  return { type: 'generic_task', labels: { project_id: projectId, location, namespace, ...task } };
}

function intervalOf({ metric }: MetricSeries, { atMs, startedAtMs }: MetricsSample) {
  const endTime = timestampOf(atMs);
  if (metric.kind === 'gauge') return { endTime };
  // What counts up needs some time to do it in.
  return { startTime: timestampOf(Math.min(startedAtMs, atMs - 1)), endTime };
}

const timestampOf = (ms: number): Timestamp => ({
  seconds: Math.floor(ms / 1_000),
  nanos: Math.floor(ms % 1_000) * 1_000_000,
});

function pointValueOf(series: MetricSeries): PointValue {
  if (isDistribution(series)) return { distributionValue: distributionOf(series.distribution) };
  const { valueType } = typingOf(series.metric);
  return numberOf(valueType, series.value);
}

const numberOf = (type: ValueTypeName, value: number): PointValue =>
  type === 'INT64' ? { int64Value: Math.round(value) } : { doubleValue: value };

/** Counts of each bucket alone, where ours are of all up to its bound. */
function distributionOf({ count, sumMs, buckets }: Distribution): DistributionValue {
  const upTo = [...buckets.map((bucket) => bucket.count), count];
  return {
    count,
    mean: count === 0 ? 0 : sumMs / count,
    bucketOptions: { explicitBuckets: { bounds: buckets.map(({ upToMs }) => upToMs) } },
    bucketCounts: upTo.map((total, index) => total - (upTo[index - 1] ?? 0)),
  };
}
