import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from './app-error.ts';

interface RetryOptions {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  /** Upper bound of the first wait in milliseconds; it doubles, and each wait is drawn below it. */
  readonly baseMs: number;
}

const CONTENTION: RetryOptions = { attempts: 30, baseMs: 2 };

/**
 * Repeats a read-decide-commit step while a concurrent change wins (`aborted`).
 * Full jitter, as in https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 */
export async function retryAborted<T>(
  step: (attempt: number) => Promise<T>,
  { attempts, baseMs }: RetryOptions = CONTENTION,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step(attempt);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code !== 'aborted' || attempt >= attempts) throw thrown;
      await sleep(Math.random() * Math.min(200, baseMs * 2 ** attempt));
    }
  }
}
