import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../shared/kernel/clock.ts';

// RFC 3339, section 5.6.
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Unix milliseconds of an RFC 3339 instant, fractions below a millisecond cut off; `undefined` when
 * the text is none, or names a day or an hour that does not exist. `Date.parse` takes more than the
 * standard, and moves 30 February to March. Unix time has no leap seconds: one is the second after it.
 */
export function parseInstant(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  if (!(year && month && day) || hour === undefined || minute === undefined) return undefined;
  if (second === undefined || hour > 23 || minute > 59 || second > 60) return undefined;
  const [fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match.slice(7);
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const midnight = new Date(Date.UTC(2_000, month - 1, day));
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  const minutes = hour * 60 + minute - offset;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const atMs = midnight.getTime() + minutes * MINUTE_MS + second * SECOND_MS;
  return second === 60 && !isMonthStart(atMs) ? undefined : atMs + ms;
}

/** Leap seconds are inserted at the end of a month of UTC (RFC 3339, section 5.7). */
const isMonthStart = (atMs: number): boolean =>
  atMs % DAY_MS === 0 && new Date(atMs).getUTCDate() === 1;

/** RFC 3339 in UTC with milliseconds. */
export const instantText = (atMs: number): string => new Date(atMs).toISOString();
