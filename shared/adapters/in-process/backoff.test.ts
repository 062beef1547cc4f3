import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const PUBSUB = { minBackoffMs: 10_000, maxBackoffMs: 600_000 };

describe('backoffMs', () => {
  it('never waits less than the minimum', () => {
    expect([1, 2, 10].map((failures) => backoffMs(failures, PUBSUB, 0))).toEqual([
      10_000, 10_000, 10_000,
    ]);
  });

  it('doubles its ceiling with every failure up to the maximum', () => {
    const atMost = (failures: number) => backoffMs(failures, PUBSUB, 0.999_999);
    expect([1, 2, 3, 6, 2_000].map(atMost)).toEqual([19_999, 39_999, 79_999, 599_999, 599_999]);
  });

  it('spreads messages that failed together', () => {
    expect(backoffMs(2, PUBSUB, 0.5)).toBe(25_000);
  });

  it('waits its minimum where that is above the maximum', () => {
    expect(backoffMs(3, { minBackoffMs: 100, maxBackoffMs: 50 }, 0.9)).toBe(100);
  });
});
