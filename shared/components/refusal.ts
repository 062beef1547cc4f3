import { z } from 'zod';
import { AppError, invalid, type Violation } from '../kernel/app-error.ts';

const Violations = z.array(z.object({ path: z.string(), message: z.string() }));

/** An `invalid-argument` whose message names what is at fault: a program prints nothing else of it. */
export const refusal = (violations: readonly Violation[]): AppError =>
  invalid(violations, violations.map(({ path, message }) => `${path} ${message}`).join('; '));

/**
 * Makes refusals of what `read` throws. Elsewhere in Strata a message names no field, since what a
 * caller calls his fields is his affair, and messages are logged.
 */
export function explained<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const error = AppError.from(thrown);
    const { data: violations } = Violations.safeParse(error.details['violations']);
    throw error.code === 'invalid-argument' && violations ? refusal(violations) : thrown;
  }
}
