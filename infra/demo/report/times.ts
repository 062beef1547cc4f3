import type { CallTimes } from '../http-transport.ts';
import type { Step } from '../progress.ts';
import { duration, percentile, whole } from './figures.ts';
import { table } from './table.ts';

const MAX_CALLS = 10;

/** How long each step took. */
export const stepsTable = (steps: readonly Step[]): string[] =>
  table(steps.map(({ name, durationMs }) => [name, duration(durationMs)]));

/** How often which function was called, and how long that took, the checks' own calls included. */
export function callsTable(times: CallTimes): string[] {
  const rows = times
    .all()
    .slice(0, MAX_CALLS)
    .map(({ name, durationsMs }) => [
      name,
      whole(durationsMs.length),
      duration(percentile(durationsMs, 0.5)),
      duration(percentile(durationsMs, 0.95)),
    ]);
  return table([['', 'calls', 'p50', 'p95'], ...rows]);
}
