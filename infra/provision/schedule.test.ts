import { expect, it } from 'vitest';
import { cronOf } from './schedule.ts';

it.each([
  [60, '* * * * *'],
  [300, '*/5 * * * *'],
  [1_800, '*/30 * * * *'],
  [3_600, '0 * * * *'],
  [21_600, '0 */6 * * *'],
  [86_400, '0 0 * * *'],
])('says every %i seconds as cron does', (seconds, cron) => {
  expect(cronOf(seconds, 'X')).toBe(cron);
});

it.each([1, 59, 90, 61, 2_700, 5_400, 18_000, 172_800, 0.5])(
  'refuses every %d seconds, which cron cannot say evenly',
  (seconds) => {
    expect(() => cronOf(seconds, 'STRATA_PROFILING_INTERVAL')).toThrow(
      /^STRATA_PROFILING_INTERVAL/,
    );
  },
);
