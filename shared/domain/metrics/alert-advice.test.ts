import { expect, it } from 'vitest';
import { adviceFor } from './alert-advice.ts';
import { ALL_METRICS } from './catalogue.ts';

const PATHS = ALL_METRICS.flatMap(({ paths = [] }) => paths).filter((path) => path !== 'alerts');

it('says what to do about every figure that a threshold may be set for', () => {
  const unhelpful = PATHS.filter((path) => adviceFor(path).startsWith(`Look at ${path}`));
  expect(unhelpful).toEqual([]);
});

it.each([
  ['cache.hitRate', /l1MaxMemoryMb/],
  ['redis.evictionRate', /maxMemoryMb/],
  ['redis.refusedRate', /allkeys-lru/],
  ['process.heapUsedRatio', /--max-old-space-size/],
  ['process.eventLoopDelayMs', /more instances/],
  ['functions.write-items.errorRate', /severity ERROR/],
  ['pubsub.deadLettered', /memory-dead-letter/],
])('advises on %s', (path, advice) => {
  expect(adviceFor(path)).toMatch(advice);
});

it('names the figure where it knows nothing better', () => {
  expect(adviceFor('own')).toContain('own');
});
