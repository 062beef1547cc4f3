import { beforeEach, describe, expect, it } from 'vitest';
import type { Rate } from '../domain/rate.ts';
import type { RateLimiter } from './rate-limiter.ts';

export interface RateLimiterHarness {
  /** A limiter that has seen nothing. */
  create(rate: Rate): Promise<RateLimiter>;
  /** Lets `ms` milliseconds pass for the limiter: turns a manual clock, or really waits. */
  elapse(ms: number): Promise<void>;
}

const RATE: Rate = { perSec: 10, burst: 6 };

/** What every `RateLimiter` must do. Each adapter's test file calls this once. */
export function describeRateLimiter(name: string, harness: RateLimiterHarness): void {
  describe(`${name} keeps the RateLimiter contract`, () => {
    let limiter: RateLimiter;
    beforeEach(async () => {
      limiter = await harness.create(RATE);
    });
    const take = async (key = 'a') => limiter.take(key);
    const takeMany = (calls: number, key?: string) =>
      Promise.all(Array.from({ length: calls }, () => take(key)));

    it('allows a burst and no more, also when all come at once', async () => {
      const answers = await takeMany(20);
      expect(answers.filter(({ status }) => status === 'allowed')).toHaveLength(6);
    });

    it('says when to come again, and is right', async () => {
      await takeMany(6);
      const answer = await take();
      if (answer.status !== 'limited') throw new TypeError('expected a limit');
      expect(answer.retryAfterMs).toBeGreaterThan(0);
      expect(answer.retryAfterMs).toBeLessThanOrEqual(100);
      await harness.elapse(Math.ceil(answer.retryAfterMs) + 1);
      expect(await take()).toEqual({ status: 'allowed' });
    });

    it('keeps callers apart, whatever they are called', async () => {
      await takeMany(7, 'a:b');
      expect((await take('a:b')).status).toBe('limited');
      for (const other of ['a', 'b', 'a%3Ab', 'a/b', '', '\ud83d', '{a:b}'])
        expect((await take(other)).status).toBe('allowed');
    });

    it('allows the whole burst again after a pause, and no more', async () => {
      await takeMany(6);
      await harness.elapse(1_500);
      const answers = await takeMany(12);
      expect(answers.filter(({ status }) => status === 'allowed')).toHaveLength(6);
    });
  });
}
