import { AppError } from '../../shared/kernel/app-error.ts';

const MINUTE_SECONDS = 60;
const HOUR_MINUTES = 60;
const DAY_HOURS = 24;

/**
 * An interval as Cloud Scheduler takes it (unix-cron,
 * https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules).
 *
 * @throws AppError `invalid-argument` for what cron cannot say evenly: seconds, and intervals that
 *   leave a rest in the hour or the day.
 */
export function cronOf(everySeconds: number, variable: string): string {
  const minutes = everySeconds / MINUTE_SECONDS;
  if (minutes === 1) return '* * * * *';
  if (Number.isInteger(minutes) && HOUR_MINUTES % minutes === 0 && minutes < HOUR_MINUTES)
    return `*/${minutes} * * * *`;
  const hours = minutes / HOUR_MINUTES;
  if (hours === 1) return '0 * * * *';
  if (Number.isInteger(hours) && DAY_HOURS % hours === 0)
    return hours === DAY_HOURS ? '0 0 * * *' : `0 */${hours} * * *`;
  throw new AppError(
    'invalid-argument',
    `${variable}: Cloud Scheduler runs every 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes, or every 1, 2, 3, 4, 6, 8, 12 or 24 hours, not every ${everySeconds} seconds`,
  );
}
