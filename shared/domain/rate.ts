import { SECOND_MS } from '../kernel/clock.ts';

/** How many calls are allowed. */
export interface Rate {
  /** Calls a second, on average. */
  readonly perSec: number;
  /** Calls that may come at once after a pause. */
  readonly burst: number;
}

/** What came of asking for calls. */
export interface Taken {
  /** Calls allowed, at most as many as wanted. */
  readonly granted: number;
  /** When a bucket that is emptied at this rate would be full again, in Unix milliseconds. */
  readonly fullAtMs: number;
  /** Whole milliseconds until the next call is allowed; 0 when one was granted. */
  readonly retryAfterMs: number;
}

/**
 * A token bucket in one number: the time at which it is full again. Taking a token moves that time
 * by one interval; there is none left when it is further away than the whole bucket takes to fill.
 * This is the generic cell rate algorithm (ITU-T I.371, annex A) with the virtual scheduling of its
 * first form.
 *
 * @param fullAtMs what the last taking gave; absent: a full bucket.
 */
export function takeTokens(
  fullAtMs: number | undefined,
  { nowMs, wanted, rate }: { readonly nowMs: number; readonly wanted: number; readonly rate: Rate },
): Taken {
  const intervalMs = SECOND_MS / rate.perSec;
  const from = Math.max(fullAtMs ?? nowMs, nowMs);
  const left = rate.burst - (from - nowMs) / intervalMs;
  const granted = Math.min(wanted, Math.floor(left + EPSILON));
  if (granted < 1) {
    const retryAfterMs = Math.max(1, Math.ceil((1 - left) * intervalMs - EPSILON));
    return { granted: 0, fullAtMs: from, retryAfterMs };
  }
  return { granted, fullAtMs: from + granted * intervalMs, retryAfterMs: 0 };
}

/** Intervals are fractions of a millisecond: sums of them miss whole numbers by a little. */
const EPSILON = 1e-6;
