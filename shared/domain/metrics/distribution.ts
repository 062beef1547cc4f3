import { growth } from './cache-figures.ts';
import type { Distribution } from './metric.ts';

/** What was observed after `before`; the whole where there is none. */
export function distributionSince(
  before: Distribution | undefined,
  now: Distribution,
): Distribution {
  // One that shrank began anew.
  if (!before || before.count > now.count) return now;
  return {
    count: now.count - before.count,
    sumMs: growth(before.sumMs, now.sumMs),
    buckets: now.buckets.map(({ upToMs, count }, place) => ({
      upToMs,
      count: count - (before.buckets[place]?.count ?? 0),
    })),
  };
}

/**
 * The value that this share of the observations does not exceed, as far as the buckets tell: evenly
 * spread within a bucket, at most the last bound. Absent when nothing was observed. (As Prometheus'
 * histogram_quantile: https://prometheus.io/docs/prometheus/latest/querying/functions/.)
 */
export function quantileMs({ count, buckets }: Distribution, share: number): number | undefined {
  if (count === 0) return undefined;
  const rank = share * count;
  let below = { upToMs: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank && bucket.count > below.count) {
      const part = (rank - below.count) / (bucket.count - below.count);
      return below.upToMs + (bucket.upToMs - below.upToMs) * part;
    }
    below = bucket;
  }
  return below.upToMs;
}

/** Both together; their bounds are those of one metric. */
export const addDistributions = (a: Distribution, b: Distribution): Distribution => ({
  count: a.count + b.count,
  sumMs: a.sumMs + b.sumMs,
  buckets: a.buckets.map(({ upToMs, count }, place) => ({
    upToMs,
    count: count + (b.buckets[place]?.count ?? 0),
  })),
});
