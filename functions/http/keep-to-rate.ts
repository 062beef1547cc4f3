import { AppError } from '../../shared/kernel/app-error.ts';
import type { Admission } from '../../shared/ports/rate-limiter.ts';
import type { Caller } from '../identity/caller.ts';
import type { Runtime } from '../runtime.ts';

/**
 * Keeps an end user to his rate; nobody else has one. Without a promise where none is needed.
 *
 * @throws AppError `quota-exceeded` with the time to wait.
 */
export function keepToRate(
  { limiter }: Pick<Runtime, 'limiter'>,
  caller: Caller,
): void | Promise<void> {
  if (!limiter || caller.kind !== 'user') return;
  const answer = limiter.take(caller.userId);
  if (answer instanceof Promise) return answer.then(assertAllowed);
  assertAllowed(answer);
}

function assertAllowed(answer: Admission): void {
  if (answer.status === 'allowed') return;
  throw new AppError('quota-exceeded', 'Too many requests of this user', {
    details: { retryAfterMs: answer.retryAfterMs },
  });
}
