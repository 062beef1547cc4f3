import { LRUCache } from 'lru-cache';
import { type Rate, takeTokens } from '../../domain/rate.ts';
import type { Clock } from '../../kernel/clock.ts';
import { roomFor } from '../../kernel/room-for.ts';
import type { Admission, RateLimiter } from '../../ports/rate-limiter.ts';

/** Callers remembered, about 100 bytes each; the one forgotten first is the one unseen longest. */
const MAX_CALLERS = 100_000;

const ALLOWED: Admission = { status: 'allowed' };

/** Limits the calls that one process sees. */
export class InProcessRateLimiter implements RateLimiter {
  readonly #fullAtMs = new LRUCache<string, number>(roomFor(MAX_CALLERS));
  readonly #rate: Rate;
  readonly #clock: Clock;

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  take(key: string): Admission {
    const now = { nowMs: this.#clock.now(), wanted: 1, rate: this.#rate };
    const taken = takeTokens(this.#fullAtMs.get(key), now);
    this.#fullAtMs.set(key, taken.fullAtMs);
    if (taken.granted > 0) return ALLOWED;
    return { status: 'limited', retryAfterMs: taken.retryAfterMs };
  }
}
