import { isDistribution, type Metric, type MetricSeries } from './metric.ts';

/** The sum over a metric's series that carry these labels; 0 where there are none. */
export function totalOf<L extends string>(
  series: readonly MetricSeries[],
  metric: Metric<'cumulative' | 'gauge', L>,
  labels?: Readonly<Partial<Record<NoInfer<L>, string>>>,
): number {
  let total = 0;
  for (const one of series) {
    if (one.metric === metric && !isDistribution(one) && carries(one, labels ?? {}))
      total += one.value;
  }
  return total;
}

const carries = (series: MetricSeries, labels: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(labels).every(([label, value]) => series.labels[label] === value);
