import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { CacheStats } from '../../ports/head-cache.ts';
import type {
  HeadAnswer,
  HeadProof,
  HeadQuestion,
  SharedHeadCache,
} from '../../ports/shared-head-cache.ts';

const FAILURES_IN_A_ROW = 5;
const RETRY_AFTER_MS = SECOND_MS;

/**
 * Stops asking a cache that does not answer: after five failures in a row questions and puts fail at
 * once, and one of them is let through every second to see whether it is back.
 */
export class BreakingHeadCache implements SharedHeadCache {
  readonly #cache: SharedHeadCache;
  readonly #breaker = circuitBreaker(handleAll, {
    halfOpenAfter: RETRY_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });

  constructor(cache: SharedHeadCache) {
    this.#cache = cache;
  }

  /** Nothing is asked at the moment, or one question to see whether it is back. */
  get isBroken(): boolean {
    return this.#breaker.state !== CircuitState.Closed;
  }

  read(question: HeadQuestion): Promise<HeadAnswer> {
    return this.#through(() => this.#cache.read(question));
  }

  put(head: SessionHead, proof: HeadProof): Promise<void> {
    return this.#through(() => this.#cache.put(head, proof));
  }

  // Past the breaker: a server that only hangs finds it among the first things when it goes on.
  outdate(key: SessionKey, belowVersion: number): Promise<void> {
    return this.#cache.outdate(key, belowVersion);
  }

  // Past the breaker: an erasure must not fail for a rule that saves time.
  drop(key: SessionKey): Promise<number> {
    return this.#cache.drop(key);
  }

  stats(): Promise<CacheStats> {
    return this.#cache.stats();
  }

  async #through<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await this.#breaker.execute(step);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new AppError('unavailable', 'The shared cache did not answer lately');
    }
  }
}
