import { z } from 'zod';

/**
 * What Cloud Monitoring refuses, as its reference says
 * (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/create,
 * …/TimeInterval, …/TypedValue#Distribution, https://cloud.google.com/monitoring/quotas; 2026-11).
 */
export const MAX_SERIES_PER_CALL = 200;
const MIN_SPACING_MS = 5_000;
const MAX_PAST_MS = 25 * 3_600_000;
const MAX_FUTURE_MS = 5 * 60_000;
const MAX_BUCKETS = 200;
const MAX_LABEL_VALUE_CHARS = 1_024;

/** Numbers of enums, as the client asks for them (`enum-encoding=int`), or their names. */
const kindName = z.preprocess(
  (value) => (typeof value === 'number' ? ['', 'GAUGE', 'DELTA', 'CUMULATIVE'][value] : value),
  z.enum(['GAUGE', 'CUMULATIVE']),
);
const typeName = z.preprocess(
  (value) =>
    typeof value === 'number'
      ? ['', 'BOOL', 'INT64', 'DOUBLE', 'STRING', 'DISTRIBUTION'][value]
      : value,
  z.enum(['BOOL', 'INT64', 'DOUBLE', 'STRING', 'DISTRIBUTION']),
);
/** JSON of protobuf writes 64 bits as text. */
const int64 = z.string().regex(/^-?\d{1,19}$/);
const instant = z.iso.datetime().transform((text) => Date.parse(text));
const labels = z.record(z.string().regex(/^[a-z][a-zA-Z0-9_]*$/), z.string());

const distribution = z.strictObject({
  count: int64.default('0'),
  mean: z.number().default(0),
  sumOfSquaredDeviation: z.number().min(0).default(0),
  bucketOptions: z.strictObject({
    explicitBuckets: z.strictObject({ bounds: z.number().array() }),
  }),
  bucketCounts: int64.array(),
});
const value = z.union([
  z.strictObject({ int64Value: int64 }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ distributionValue: distribution }),
]);

/** A field that the API does not know, or of another form, is refused before anything else. */
export const timeSeriesBody = z.strictObject({
  timeSeries: z
    .strictObject({
      metric: z.strictObject({ type: z.string(), labels: labels.default({}) }),
      resource: z.strictObject({ type: z.string(), labels }),
      metricKind: kindName.default('GAUGE'),
      valueType: typeName.optional(),
      unit: z.string().default(''),
      points: z
        .strictObject({
          interval: z.strictObject({ startTime: instant.optional(), endTime: instant }),
          value,
        })
        .array(),
    })
    .array(),
});
export type SentSeries = z.output<typeof timeSeriesBody>['timeSeries'][number];
export type SentValue = z.output<typeof value>;

export const descriptorBody = z.strictObject({
  type: z.string().regex(/^custom\.googleapis\.com\/[A-Za-z0-9_/.-]+$/),
  metricKind: kindName,
  valueType: typeName,
  unit: z.string().default(''),
  description: z.string().default(''),
  displayName: z.string().default(''),
  labels: z
    .strictObject({
      key: z.string().regex(/^[a-z][a-zA-Z0-9_]{0,99}$/),
      valueType: z.unknown().optional(),
      description: z.string().default(''),
    })
    .array()
    .default([]),
});
export type Descriptor = z.output<typeof descriptorBody>;

/** Resource types that take custom metrics and that tests use, with all of their labels. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  generic_task: ['project_id', 'location', 'namespace', 'job', 'task_id'],
  generic_node: ['project_id', 'location', 'namespace', 'node_id'],
  global: ['project_id'],
};

/** What is wrong with a series by itself; `undefined`: nothing. */
export function faultOfSeries(series: SentSeries, descriptor: Descriptor): string | undefined {
  const { metric, resource, points, metricKind } = series;
  const [point, ...others] = points;
  if (!point || others.length > 0) return 'must contain exactly one point';
  const wanted = RESOURCES[resource.type];
  if (!wanted) return `unsupported resource type ${resource.type}`;
  if (!sameMembers(Object.keys(resource.labels), wanted))
    return `the labels of ${resource.type} are ${wanted.join(', ')}`;
  const known = descriptor.labels.map(({ key }) => key);
  const unknown = Object.keys(metric.labels).find((key) => !known.includes(key));
  if (unknown !== undefined) return `Unrecognized metric label: ${unknown}`;
  if (Object.values(metric.labels).some((text) => text.length > MAX_LABEL_VALUE_CHARS))
    return 'a label value is too long';
  if (metricKind !== descriptor.metricKind)
    return `metric kind ${metricKind} does not match ${descriptor.metricKind}`;
  const type = typeOf(point.value);
  if (type !== descriptor.valueType || (series.valueType ?? type) !== type)
    return `value type ${type} does not match ${descriptor.valueType}`;
  if (series.unit !== '' && series.unit !== descriptor.unit) return 'the unit does not match';
  return 'distributionValue' in point.value
    ? faultOfDistribution(point.value.distributionValue)
    : undefined;
}

export function typeOf(sent: SentValue): 'INT64' | 'DOUBLE' | 'DISTRIBUTION' {
  if ('int64Value' in sent) return 'INT64';
  return 'doubleValue' in sent ? 'DOUBLE' : 'DISTRIBUTION';
}

function faultOfDistribution({
  count,
  mean,
  sumOfSquaredDeviation,
  bucketOptions,
  bucketCounts,
}: z.output<typeof distribution>): string | undefined {
  const { bounds } = bucketOptions.explicitBuckets;
  if (bounds.length === 0 || bounds.length + 1 > MAX_BUCKETS)
    return 'has a wrong number of buckets';
  if (bounds.some((bound, index) => index > 0 && bound <= (bounds[index - 1] ?? 0)))
    return 'bucket bounds must increase';
  if (bucketCounts.length > bounds.length + 1) return 'has more counts than buckets';
  if (bucketCounts.some((text) => BigInt(text) < 0n)) return 'a bucket count is negative';
  if (bucketCounts.reduce((sum, text) => sum + BigInt(text), 0n) !== BigInt(count))
    return 'the bucket counts do not add up to the count';
  if (count === '0' && (mean !== 0 || sumOfSquaredDeviation !== 0))
    return 'an empty distribution has no mean';
  return undefined;
}

/** The last point of a series that was written. */
export interface LastPoint {
  readonly startMs: number;
  readonly endMs: number;
}

/** What is wrong with the time of a series' new point, given its last one. */
export function faultOfTime(
  series: SentSeries,
  last: LastPoint | undefined,
  nowMs: number,
): string | undefined {
  const [point] = series.points;
  if (!point) return 'must contain exactly one point';
  const { endTime: endMs, startTime: startMs = endMs } = point.interval;
  if (startMs > endMs) return 'The start time must not be later than the end time';
  if (endMs < nowMs - MAX_PAST_MS) return 'The end time is more than 25 hours in the past';
  if (endMs > nowMs + MAX_FUTURE_MS) return 'The end time is more than 5 minutes in the future';
  if (series.metricKind === 'GAUGE' && startMs !== endMs)
    return 'The start time of a gauge must equal its end time';
  if (series.metricKind === 'CUMULATIVE' && startMs === endMs)
    return 'The start time of a cumulative metric must be before its end time';
  if (!last) return undefined;
  if (endMs <= last.endMs)
    return 'Points must be written in order. One or more of the points specified had an older end time than the most recent point.';
  if (endMs - last.endMs < MIN_SPACING_MS)
    return 'One or more points were written more frequently than the maximum sampling period configured for the metric.';
  if (series.metricKind === 'CUMULATIVE' && startMs !== last.startMs && startMs <= last.endMs)
    return 'Points must be written in order. One or more of the points specified had an older start time than the most recent point.';
  return undefined;
}

const sameMembers = (some: readonly string[], others: readonly string[]): boolean =>
  JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());
