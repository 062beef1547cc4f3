import { expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { InProcessRateLimiter } from '../in-process/rate-limiter.ts';
import { LenientRateLimiter } from './lenient-rate-limiter.ts';

const own = () => new InProcessRateLimiter({ perSec: 1, burst: 2 }, new ManualClock());
const failing = (error: Error) => ({ take: () => Promise.reject(error) });

it('limits in this process while the shared limit is out of reach', async () => {
  const limiter = new LenientRateLimiter(failing(new AppError('unavailable', 'down')), own());
  const answers = [await limiter.take('a'), await limiter.take('a'), await limiter.take('a')];
  expect(answers.map(({ status }) => status)).toEqual(['allowed', 'allowed', 'limited']);
});

it('hides no other failure', async () => {
  const limiter = new LenientRateLimiter(failing(new TypeError('a fault of ours')), own());
  await expect(limiter.take('a')).rejects.toThrow('a fault of ours');
});

it('asks the shared limit alone while it answers', async () => {
  const limited = { take: () => ({ status: 'limited', retryAfterMs: 5 }) as const };
  expect(await new LenientRateLimiter(limited, own()).take('a')).toMatchObject({
    status: 'limited',
  });
});
