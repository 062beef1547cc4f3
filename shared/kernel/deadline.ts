import type { Clock } from './clock.ts';

/** How long an invocation may still work. Every loop over unbounded work asks it before a step. */
export interface Deadline {
  /** Milliseconds left; zero or less when time is up. */
  remainingMs(): number;
  isNear(): boolean;
}

/** @param reserveMs what the last step and the answer still need, in milliseconds. */
export function deadlineAfter(budgetMs: number, clock: Clock, reserveMs = 0): Deadline {
  const endAtMs = clock.now() + budgetMs - reserveMs;
  const remainingMs = () => endAtMs - clock.now();
  return { remainingMs, isNear: () => remainingMs() <= 0 };
}
