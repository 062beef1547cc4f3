import type { Spread } from './result.ts';

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

export interface Rounds {
  readonly rounds: number;
  /** Calls of each step in a round; one round before the first is not counted. */
  readonly calls: number;
}

/**
 * Times steps that take turns call by call, so that what else the machine does meets all of them
 * alike.
 *
 * @returns the median time of each step in each round, in milliseconds.
 */
export async function timeInTurn<Name extends string>(
  steps: Readonly<Record<Name, () => Promise<unknown>>>,
  { rounds, calls }: Rounds,
): Promise<Record<Name, number[]>> {
  const entries = Object.entries(steps) as [Name, () => Promise<unknown>][];
  // Filled below, name by name.
  const medians = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round <= rounds; round++) {
    const times = new Map(entries.map(([name]) => [name, [] as number[]]));
    for (let call = 0; call < calls; call++) {
      for (const [name, step] of entries) {
        const beforeMs = performance.now();
        await step();
        times.get(name)?.push(performance.now() - beforeMs);
      }
    }
    if (round === 0) continue;
    for (const [name, taken] of times) medians[name].push(medianOf(taken));
  }
  return medians;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/** Several measurements of one thing. */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: round(medianOf(values)),
  lowest: round(Math.min(...values)),
  highest: round(Math.max(...values)),
  rounds: values.length,
});

/** How many times as long, or as much, round by round. */
export const spreadOfRatio = (of: readonly number[], to: readonly number[]): Spread =>
  spreadOf(of.map((value, round) => value / (to[round] ?? Number.NaN)));
