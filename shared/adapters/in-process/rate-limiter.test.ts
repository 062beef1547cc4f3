import { expect, it } from 'vitest';
import { describeRateLimiter } from '../../ports/rate-limiter.contract.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { InProcessRateLimiter } from './rate-limiter.ts';

let clock: ManualClock;
describeRateLimiter('InProcessRateLimiter', {
  create: async (rate) => {
    clock = new ManualClock();
    return new InProcessRateLimiter(rate, clock);
  },
  elapse: async (ms) => clock.advance(ms),
});

it('answers without a promise', () => {
  const limiter = new InProcessRateLimiter({ perSec: 1, burst: 1 }, new ManualClock());
  expect(limiter.take('a')).toEqual({ status: 'allowed' });
  expect(limiter.take('a')).toEqual({ status: 'limited', retryAfterMs: 1_000 });
});
