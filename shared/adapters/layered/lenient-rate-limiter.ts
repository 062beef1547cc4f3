import { AppError } from '../../kernel/app-error.ts';
import type { Admission, RateLimiter } from '../../ports/rate-limiter.ts';

/** Keeps to the limit of this process while the shared one cannot be reached. */
export class LenientRateLimiter implements RateLimiter {
  readonly #shared: RateLimiter;
  readonly #own: RateLimiter;

  constructor(shared: RateLimiter, own: RateLimiter) {
    this.#shared = shared;
    this.#own = own;
  }

  take(key: string): Admission | Promise<Admission> {
    const answer = this.#shared.take(key);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((thrown: unknown) => {
      if (AppError.from(thrown).code === 'unavailable') return this.#own.take(key);
      throw thrown;
    });
  }
}
