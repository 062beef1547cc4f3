/** Where time comes from. Injected, so that tests and simulations can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Milliseconds, with fractions, since some moment of the past: for how long something takes. */
export const monotonicMs = (): number => performance.now();

/** How long ago that was, in milliseconds to the microsecond. */
export const sinceMs = (startedAtMs: number): number =>
  Math.round((monotonicMs() - startedAtMs) * 1_000) / 1_000;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
