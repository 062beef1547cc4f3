import { ALL_METRICS } from './catalogue.ts';
import { isDistribution, type Metric, type MetricSeries, type MetricUnit } from './metric.ts';

export const OPEN_METRICS_CONTENT_TYPE =
  'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Begins the name of every exported metric. */
const PREFIX = 'strata_';

/** OpenMetrics wants base units, of `per` of ours each, and the unit at the end of the name. */
const UNITS: Readonly<Record<MetricUnit, { readonly suffix?: string; readonly per: number }>> = {
  count: { per: 1 },
  bytes: { suffix: 'bytes', per: 1 },
  milliseconds: { suffix: 'seconds', per: 1_000 },
  ratio: { suffix: 'ratio', per: 1 },
  perSecond: { suffix: 'per_second', per: 1 },
  usd: { suffix: 'usd', per: 1 },
};

const TYPES = { gauge: 'gauge', cumulative: 'counter', distribution: 'histogram' } as const;

/** A metric's family name in OpenMetrics, for example `strata_request_duration_seconds`. */
export function openMetricsName({ name, unit }: Pick<Metric, 'name' | 'unit'>): string {
  const { suffix } = UNITS[unit];
  return suffix === undefined ? PREFIX + name : `${PREFIX}${name}_${suffix}`;
}

/**
 * OpenMetrics 1.0 text
 * (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md). A metric
 * without a series is left out, unless it starts at zero.
 */
export function encodeOpenMetrics(series: readonly MetricSeries[]): string {
  const byMetric = Map.groupBy(series, ({ metric }) => metric as Metric);
  const metrics = new Set([...ALL_METRICS, ...byMetric.keys()]);
  const families = [...metrics].flatMap((metric) =>
    familyLines(metric, byMetric.get(metric) ?? zeroOf(metric)),
  );
  return `${[...families, '# EOF'].join('\n')}\n`;
}

const zeroOf = (metric: Metric): readonly MetricSeries[] =>
  metric.startsAtZero && isCumulative(metric) ? [{ metric, labels: {}, value: 0 }] : [];

const isCumulative = (metric: Metric): metric is Metric<'cumulative'> =>
  metric.kind === 'cumulative';

function familyLines(metric: Metric, series: readonly MetricSeries[]): readonly string[] {
  if (series.length === 0) return [];
  const name = openMetricsName(metric);
  const { suffix } = UNITS[metric.unit];
  return [
    `# TYPE ${name} ${TYPES[metric.kind]}`,
    ...(suffix === undefined ? [] : [`# UNIT ${name} ${suffix}`]),
    `# HELP ${name} ${escapeText(metric.meaning)}`,
    ...series.flatMap((one) => seriesLines(name, one)),
  ];
}

function seriesLines(name: string, series: MetricSeries): readonly string[] {
  const { metric, labels } = series;
  const { per } = UNITS[metric.unit];
  if (!isDistribution(series)) {
    const suffix = metric.kind === 'cumulative' ? '_total' : '';
    return [line(name + suffix, labels, numberOf(series.value / per))];
  }
  const { buckets, count, sumMs } = series.distribution;
  const bucket = (le: string, upToCount: number) =>
    line(`${name}_bucket`, { ...labels, le }, numberOf(upToCount));
  return [
    ...buckets.map(({ upToMs, count: upToCount }) => bucket(boundOf(upToMs / per), upToCount)),
    bucket('+Inf', count),
    line(`${name}_count`, labels, numberOf(count)),
    line(`${name}_sum`, labels, numberOf(sumMs / per)),
  ];
}

function line(name: string, labels: Readonly<Record<string, string>>, value: string): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeText(text)}"`);
  return pairs.length === 0 ? `${name} ${value}` : `${name}{${pairs.join(',')}} ${value}`;
}

const escapeText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

/** Bounds are written as floats: `1.0` and `1` would be two series. */
const boundOf = (upTo: number): string => (Number.isInteger(upTo) ? `${upTo}.0` : String(upTo));
