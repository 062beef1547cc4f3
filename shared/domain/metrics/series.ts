import { addDistributions } from './distribution.ts';
import { isDistribution, type Metric, type MetricKind, type MetricSeries } from './metric.ts';

/** Values of some of a metric's labels. */
export type SomeLabels<L extends string> = Readonly<Partial<Record<L, string>>>;

/** A metric's series that carry these labels. */
export function seriesWith<K extends MetricKind, L extends string>(
  series: readonly MetricSeries[],
  metric: Metric<K, L>,
  labels?: SomeLabels<NoInfer<L>>,
): readonly MetricSeries[] {
  const wanted = Object.entries(labels ?? {});
  return series.filter(
    (one) => one.metric === metric && wanted.every(([label, value]) => one.labels[label] === value),
  );
}

/** The sum over a metric's series that carry these labels; 0 where there are none. */
export const totalOf = <L extends string>(
  series: readonly MetricSeries[],
  metric: Metric<'cumulative' | 'gauge', L>,
  labels?: SomeLabels<NoInfer<L>>,
): number =>
  seriesWith(series, metric, labels).reduce(
    (sum, one) => (isDistribution(one) ? sum : sum + one.value),
    0,
  );

/** The values that a label has in a metric's series, each once. */
export const labelValues = <L extends string>(
  series: readonly MetricSeries[],
  metric: Metric<MetricKind, L>,
  label: NoInfer<L>,
): readonly string[] => [
  ...new Set(seriesWith(series, metric).flatMap(({ labels }) => labels[label] ?? [])),
];

/** Series of several meters as those of one: equal ones added up; of a level the last one. */
export function mergeSeries(series: readonly MetricSeries[]): readonly MetricSeries[] {
  const merged = new Map<string, MetricSeries>();
  for (const one of series) {
    const labels = Object.entries(one.labels).map(([label, value]) => `${label}=${value}`);
    const key = [one.metric.name, ...labels.sort()].join('\0');
    const before = merged.get(key);
    merged.set(key, before ? together(before, one) : one);
  }
  return [...merged.values()];
}

function together(a: MetricSeries, b: MetricSeries): MetricSeries {
  if (isDistribution(a) && isDistribution(b)) {
    return { ...a, distribution: addDistributions(a.distribution, b.distribution) };
  }
  if (isDistribution(a) || isDistribution(b) || b.metric.kind === 'gauge') return b;
  return { ...a, value: a.value + b.value };
}
