import { isDistribution, type MetricSeries } from '../domain/metrics/metric.ts';

/** Series by name and labels, as `bus_published{topic=memory-append}`: values, or observations. */
export const counted = (from: {
  series(): readonly MetricSeries[];
}): Readonly<Record<string, number>> =>
  Object.fromEntries(
    from
      .series()
      .map((one) => [nameOf(one), isDistribution(one) ? one.distribution.count : one.value]),
  );

function nameOf({ metric: { name }, labels }: MetricSeries): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}
