import { describe, expect, it } from 'vitest';
import { addDistributions, distributionSince, quantileMs } from './distribution.ts';
import type { Distribution } from './metric.ts';

/** Observations between the bounds 10, 20, 40 and above. */
function spread(counts: readonly [number, number, number, number], sumMs = 0): Distribution {
  const [to10, to20, to40, above] = counts;
  return {
    count: to10 + to20 + to40 + above,
    sumMs,
    buckets: [
      { upToMs: 10, count: to10 },
      { upToMs: 20, count: to10 + to20 },
      { upToMs: 40, count: to10 + to20 + to40 },
    ],
  };
}

describe('quantileMs', () => {
  it('spreads observations evenly within their bucket', () => {
    const even = spread([10, 10, 0, 0]);
    expect([0.25, 0.5, 0.75, 1].map((share) => quantileMs(even, share))).toEqual([5, 10, 15, 20]);
    expect(quantileMs(spread([0, 0, 100, 0]), 0.95)).toBe(39);
  });

  it('gives the last bound for what lies above all', () => {
    expect(quantileMs(spread([1, 0, 0, 99]), 0.99)).toBe(40);
  });

  it('is absent when nothing was observed', () => {
    expect(quantileMs(spread([0, 0, 0, 0]), 0.5)).toBeUndefined();
  });
});

describe('distributionSince', () => {
  it('is what was observed between two readings', () => {
    expect(distributionSince(spread([5, 5, 0, 1], 100), spread([6, 5, 2, 1], 170))).toEqual(
      spread([1, 0, 2, 0], 70),
    );
  });

  it('is the whole without a reading before, and after one that counted more', () => {
    const now = spread([1, 2, 3, 4], 5);
    expect(distributionSince(undefined, now)).toEqual(now);
    expect(distributionSince(spread([50, 0, 0, 0], 900), now)).toEqual(now);
  });
});

it('adds up what two processes observed', () => {
  expect(addDistributions(spread([1, 0, 0, 2], 50), spread([0, 3, 0, 1], 60))).toEqual(
    spread([1, 3, 0, 3], 110),
  );
});
