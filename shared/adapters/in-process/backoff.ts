export interface Backoff {
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

/**
 * How long to wait after the n-th failure in a row: a time between the minimum and a ceiling that
 * doubles, so that messages that failed together do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param failures 1 after the first failure.
 * @param random from 0 to below 1.
 */
export function backoffMs(
  failures: number,
  { minBackoffMs, maxBackoffMs }: Backoff,
  random: number,
): number {
  const ceilingMs = Math.min(maxBackoffMs, minBackoffMs * 2 ** failures);
  return minBackoffMs + Math.floor(random * Math.max(0, ceilingMs - minBackoffMs));
}
