/** Figures of one measured thing. Times in milliseconds. */
export interface Timing {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

/** Runs `step` `count` times, one after the other, after a tenth as many to warm up. */
export async function timeEach(
  count: number,
  step: (index: number) => Promise<unknown>,
): Promise<Timing> {
  const warmUp = Math.ceil(count / 10);
  for (let index = 0; index < warmUp; index++) await step(index);
  const times: number[] = [];
  const startMs = performance.now();
  for (let index = warmUp; index < warmUp + count; index++) {
    const beforeMs = performance.now();
    await step(index);
    times.push(performance.now() - beforeMs);
  }
  const totalMs = performance.now() - startMs;
  times.sort((a, b) => a - b);
  const at = (share: number) => round(times[Math.floor((times.length - 1) * share)] ?? 0);
  return {
    count,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    perSecond: Math.round((count / totalMs) * 1_000),
  };
}

/** Three significant digits: more is noise. */
export const round = (value: number): number => Number(value.toPrecision(3));

export const ratio = (of: number, to: number): number => round(of / to);
