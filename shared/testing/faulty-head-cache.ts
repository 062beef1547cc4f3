import type { SessionHead } from '../domain/head.ts';
import type { SessionKey } from '../domain/ids.ts';
import { AppError } from '../kernel/app-error.ts';
import type { CacheStats } from '../ports/head-cache.ts';
import type {
  HeadAnswer,
  HeadProof,
  HeadQuestion,
  SharedHeadCache,
} from '../ports/shared-head-cache.ts';

/** A shared cache whose connection one instance can lose, as a test says; it counts round trips. */
export class FaultyHeadCache implements SharedHeadCache {
  readonly #cache: SharedHeadCache;
  isDown = false;
  roundTrips = 0;

  constructor(cache: SharedHeadCache) {
    this.#cache = cache;
  }

  read(question: HeadQuestion): Promise<HeadAnswer> {
    return this.#reach(() => this.#cache.read(question));
  }

  put(head: SessionHead, proof: HeadProof): Promise<void> {
    return this.#reach(() => this.#cache.put(head, proof));
  }

  outdate(key: SessionKey, belowVersion: number): Promise<void> {
    return this.#reach(() => this.#cache.outdate(key, belowVersion));
  }

  drop(key: SessionKey): Promise<number> {
    return this.#reach(() => this.#cache.drop(key));
  }

  stats(): Promise<CacheStats> {
    return this.#reach(() => this.#cache.stats());
  }

  async #reach<T>(step: () => Promise<T>): Promise<T> {
    this.roundTrips++;
    if (this.isDown) throw new AppError('unavailable', 'The shared cache is down');
    return step();
  }
}
