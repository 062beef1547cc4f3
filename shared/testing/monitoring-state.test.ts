import { beforeEach, describe, expect, it } from 'vitest';
import { MonitoringState } from './monitoring-state.ts';

const NOW_MS = Date.UTC(2026, 0, 2);
const at = (ms: number) => new Date(NOW_MS + ms).toISOString();
const PROJECT = '/v3/projects/p1';
const TASK = {
  type: 'generic_task',
  labels: { project_id: 'p1', location: 'global', namespace: 'n', job: 'j', task_id: 't' },
};

const gauge = (endTime: string, change: object = {}) => ({
  metric: { type: 'custom.googleapis.com/strata/level', labels: {} },
  resource: TASK,
  metricKind: 1,
  points: [{ interval: { endTime }, value: { int64Value: '5' } }],
  ...change,
});
const counter = (startTime: string, endTime: string) => ({
  metric: { type: 'custom.googleapis.com/strata/count', labels: {} },
  resource: TASK,
  metricKind: 3,
  points: [{ interval: { startTime, endTime }, value: { doubleValue: 5 } }],
});
const durations = (distributionValue: object) => ({
  metric: { type: 'custom.googleapis.com/strata/time', labels: {} },
  resource: TASK,
  metricKind: 3,
  points: [{ interval: { startTime: at(-1), endTime: at(0) }, value: { distributionValue } }],
});
const buckets = (bounds: number[]) => ({ bucketOptions: { explicitBuckets: { bounds } } });

describe('MonitoringState, the stand-in for Cloud Monitoring', () => {
  let state: MonitoringState;
  let nowMs: number;
  beforeEach(() => {
    nowMs = NOW_MS;
    state = new MonitoringState(() => nowMs);
  });

  const write = (...timeSeries: object[]) =>
    state.answer('POST', `${PROJECT}/timeSeries`, { timeSeries });
  const written = () => [...state.written.values()].flatMap(({ points }) => points);

  it('takes good points, and makes a descriptor from the first one', () => {
    expect(write(gauge(at(0)), counter(at(-10), at(0)))).toEqual({ status: 200, body: {} });
    expect(write(gauge(at(5_000)), counter(at(-10), at(5_000)))).toMatchObject({ status: 200 });
    // A process that began anew.
    expect(write(counter(at(5_001), at(10_001)))).toMatchObject({ status: 200 });
    expect(written()).toHaveLength(5);
    expect(state.descriptors.get('custom.googleapis.com/strata/count')).toMatchObject({
      metricKind: 'CUMULATIVE',
      valueType: 'DOUBLE',
    });
  });

  it('refuses points one by one, and says how many', () => {
    write(gauge(at(0)));
    const answer = write(gauge(at(1_000)), counter(at(-10), at(0)));
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: expect.stringMatching(
            /^One or more TimeSeries could not be written: timeSeries\[0\]: One or more points were written more frequently/,
          ),
          details: [
            {
              '@type': 'type.googleapis.com/google.monitoring.v3.CreateTimeSeriesSummary',
              totalPointCount: 2,
              successPointCount: 1,
              errors: [{ status: { code: 3 }, pointCount: 1 }],
            },
          ],
        },
      },
    });
    expect(written()).toHaveLength(2);
  });

  const describe100 = () =>
    state.answer('POST', `${PROJECT}/metricDescriptors`, {
      type: 'custom.googleapis.com/strata/level',
      metricKind: 1,
      valueType: 2,
      unit: 'By',
    });

  it.each([
    ['a point that is not later', () => write(gauge(at(0))), gauge(at(0)), 'older end time'],
    ['more than one point in 5 s', () => write(gauge(at(0))), gauge(at(4_999)), 'more frequently'],
    [
      'two points of a series',
      undefined,
      gauge(at(0), { points: [...gauge(at(0)).points, ...gauge(at(1)).points] }),
      'exactly one point',
    ],
    ['no point', undefined, gauge(at(0), { points: [] }), 'must be a custom one'],
    [
      'a gauge with a span',
      undefined,
      gauge(at(0), {
        points: [{ interval: { startTime: at(-1), endTime: at(0) }, value: { int64Value: '5' } }],
      }),
      'gauge must equal',
    ],
    ['a count without a span', undefined, counter(at(0), at(0)), 'before its end time'],
    ['a count that ends before it starts', undefined, counter(at(1), at(0)), 'not be later'],
    [
      'a count with a start within the last point',
      () => write(counter(at(-10), at(0))),
      counter(at(-5), at(6_000)),
      'older start time',
    ],
    ['the far past', undefined, gauge(at(-91_000_000)), '25 hours'],
    ['the future', undefined, gauge(at(301_000)), '5 minutes'],
    [
      'another kind',
      () => write(counter(at(-10), at(0))),
      { ...counter(at(-10), at(6_000)), metricKind: 1 },
      'metric kind',
    ],
    [
      'another type of value',
      () => write(gauge(at(0))),
      gauge(at(6_000), {
        points: [{ interval: { endTime: at(6_000) }, value: { doubleValue: 5 } }],
      }),
      'value type',
    ],
    [
      'a type of value that is not the point’s',
      undefined,
      gauge(at(0), { valueType: 3 }),
      'value type',
    ],
    ['another unit', describe100, gauge(at(0), { unit: '1' }), 'unit'],
    [
      'a label that the descriptor lacks',
      describe100,
      gauge(at(0), { metric: { ...gauge('').metric, labels: { a: 'b' } } }),
      'Unrecognized metric label',
    ],
    [
      'a label value that is too long',
      undefined,
      gauge(at(0), { metric: { ...gauge('').metric, labels: { a: 'b'.repeat(1_025) } } }),
      'too long',
    ],
    [
      'a metric that is not custom',
      undefined,
      gauge(at(0), { metric: { type: 'run.googleapis.com/x', labels: {} } }),
      'custom',
    ],
    [
      'a resource that takes no custom metrics',
      undefined,
      gauge(at(0), { resource: { type: 'x', labels: {} } }),
      'unsupported resource',
    ],
    [
      'a resource with a label too few',
      undefined,
      gauge(at(0), { resource: { type: 'generic_task', labels: { project_id: 'p1' } } }),
      'labels of generic_task',
    ],
    [
      'buckets that do not rise',
      undefined,
      durations({ count: '0', ...buckets([1, 1]), bucketCounts: [] }),
      'increase',
    ],
    [
      'no buckets',
      undefined,
      durations({ count: '0', ...buckets([]), bucketCounts: [] }),
      'number of buckets',
    ],
    [
      'counts that are not the count',
      undefined,
      durations({ count: '3', mean: 1, ...buckets([1]), bucketCounts: ['1', '1'] }),
      'add up',
    ],
    [
      'more counts than buckets',
      undefined,
      durations({ count: '3', mean: 1, ...buckets([1]), bucketCounts: ['1', '1', '1'] }),
      'more counts',
    ],
    [
      'a negative count',
      undefined,
      durations({ count: '1', mean: 1, ...buckets([1]), bucketCounts: ['2', '-1'] }),
      'negative',
    ],
    [
      'the mean of nothing',
      undefined,
      durations({ count: '0', mean: 1, ...buckets([1]), bucketCounts: [] }),
      'no mean',
    ],
  ] as const)('refuses %s', (_what, before, series, message) => {
    before?.();
    const count = written().length;
    expect(JSON.stringify(write(series))).toContain(message);
    expect(written()).toHaveLength(count);
  });

  it('refuses a series that comes twice in a call', () => {
    expect(JSON.stringify(write(gauge(at(0)), gauge(at(6_000))))).toContain('Duplicate TimeSeries');
    expect(written()).toHaveLength(1);
  });

  it('refuses a call of more than 200 series, or none, or a field that it does not know', () => {
    const many = Array.from({ length: 201 }, (_, index) =>
      gauge(at(0), { metric: { ...gauge('').metric, labels: { n: String(index) } } }),
    );
    expect(JSON.stringify(write(...many))).toContain('more than 200');
    expect(JSON.stringify(write())).toContain('required');
    expect(JSON.stringify(write(gauge(at(0), { colour: 1 })))).toContain('Invalid JSON payload');
    expect(written()).toEqual([]);
    expect(write(...many.slice(1))).toMatchObject({ status: 200 });
  });

  it('never lets a descriptor change its kind or its type of value', () => {
    expect(describe100()).toMatchObject({ status: 200 });
    expect(describe100()).toMatchObject({ status: 200 });
    const other = { type: 'custom.googleapis.com/strata/level', metricKind: 3, valueType: 2 };
    expect(state.answer('POST', `${PROJECT}/metricDescriptors`, other)).toMatchObject({
      status: 400,
    });
    const filter = encodeURIComponent('metric.type = starts_with("custom.googleapis.com/strata/")');
    expect(state.answer('GET', `${PROJECT}/metricDescriptors?filter=${filter}`, {})).toMatchObject({
      body: { metricDescriptors: [{ unit: 'By' }] },
    });
  });
});
