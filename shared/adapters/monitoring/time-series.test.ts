import { describe, expect, it } from 'vitest';
import { METRICS } from '../../domain/metrics/catalogue.ts';
import type { MetricSeries } from '../../domain/metrics/metric.ts';
import { timeSeriesOf } from './time-series.ts';

const PLACE = {
  projectId: 'p1',
  location: 'europe-west1',
  namespace: 'strata',
  job: 'read-items',
  taskId: 'task-1',
};
const STARTED_AT_MS = 1_767_225_600_000;
const MINE = {
  type: 'generic_task',
  labels: {
    project_id: 'p1',
    location: 'europe-west1',
    namespace: 'strata',
    job: 'read-items',
    task_id: 'task-1',
  },
};

const only = (series: MetricSeries, atMs = STARTED_AT_MS + 60_250) =>
  timeSeriesOf({ atMs, startedAtMs: STARTED_AT_MS, series: [series] }, PLACE)[0];

describe('timeSeriesOf', () => {
  it('gives a level one instant', () => {
    expect(only({ metric: METRICS.heapUsed, labels: {}, value: 1_000.4 })).toEqual({
      metric: { type: 'custom.googleapis.com/strata/heap_used', labels: {} },
      resource: MINE,
      metricKind: 'GAUGE',
      valueType: 'INT64',
      unit: 'By',
      points: [
        {
          interval: { endTime: { seconds: 1_767_225_660, nanos: 250_000_000 } },
          value: { int64Value: 1_000 },
        },
      ],
    });
  });

  it('gives what counts up the time that it did it in', () => {
    const labels = { function: 'read-items', status: '200' };
    expect(only({ metric: METRICS.requests, labels, value: 7 })).toMatchObject({
      metric: { type: 'custom.googleapis.com/strata/requests', labels },
      metricKind: 'CUMULATIVE',
      valueType: 'INT64',
      unit: '1',
      points: [
        {
          interval: {
            startTime: { seconds: 1_767_225_600, nanos: 0 },
            endTime: { seconds: 1_767_225_660, nanos: 250_000_000 },
          },
          value: { int64Value: 7 },
        },
      ],
    });
    const first = only({ metric: METRICS.requests, labels, value: 0 }, STARTED_AT_MS);
    expect(first?.points[0].interval.startTime).toEqual({
      seconds: 1_767_225_599,
      nanos: 999_000_000,
    });
  });

  it('counts each bucket of a distribution alone', () => {
    const buckets = [
      { upToMs: 1, count: 2 },
      { upToMs: 10, count: 2 },
      { upToMs: 100, count: 5 },
    ];
    const distribution = { count: 6, sumMs: 300, buckets };
    const labels = { function: 'read-items' };
    const series = only({ metric: METRICS.requestDuration, labels, distribution });
    expect(series).toMatchObject({
      metricKind: 'CUMULATIVE',
      valueType: 'DISTRIBUTION',
      unit: 'ms',
    });
    expect(series?.points[0].value).toEqual({
      distributionValue: {
        count: 6,
        mean: 50,
        bucketOptions: { explicitBuckets: { bounds: [1, 10, 100] } },
        bucketCounts: [2, 0, 3, 1],
      },
    });
    const empty = { count: 0, sumMs: 0, buckets: [{ upToMs: 1, count: 0 }] };
    expect(
      only({ metric: METRICS.requestDuration, labels, distribution: empty })?.points[0].value,
    ).toMatchObject({ distributionValue: { count: 0, mean: 0, bucketCounts: [0, 0] } });
  });

  it('writes a level of what all processes share into one series, whoever reads it', () => {
    const shared = { ...MINE.labels, job: 'shared', task_id: 'shared' };
    const level = only({ metric: METRICS.sessions, labels: {}, value: 3 });
    expect(level?.resource.labels).toEqual(shared);
    // Two processes have two starts: in one series each would refuse the other's.
    const count = only({ metric: METRICS.redisHits, labels: {}, value: 3 });
    expect(count?.resource.labels).toEqual(MINE.labels);
  });

  it('keeps fractions where there are some, and leaves out what is no number', () => {
    expect(
      only({ metric: METRICS.heapUsedRatio, labels: {}, value: 0.25 })?.points[0].value,
    ).toEqual({ doubleValue: 0.25 });
    expect(only({ metric: METRICS.heapUsedRatio, labels: {}, value: Number.NaN })).toBeUndefined();
  });
});
