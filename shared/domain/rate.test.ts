import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeTokens } from './rate.ts';

const rate = { perSec: 10, burst: 5 };
const one = (fullAtMs: number | undefined, nowMs: number) =>
  takeTokens(fullAtMs, { nowMs, wanted: 1, rate });

describe('takeTokens', () => {
  it('allows a burst, then one call an interval', () => {
    let fullAtMs: number | undefined;
    for (let call = 0; call < 5; call++) {
      const taken = one(fullAtMs, 1_000);
      expect(taken.granted).toBe(1);
      fullAtMs = taken.fullAtMs;
    }
    expect(one(fullAtMs, 1_000)).toEqual({ granted: 0, fullAtMs: 1_500, retryAfterMs: 100 });
    expect(one(fullAtMs, 1_099)).toMatchObject({ granted: 0, retryAfterMs: 1 });
    expect(one(fullAtMs, 1_100)).toMatchObject({ granted: 1, fullAtMs: 1_600 });
  });

  it('gives as many as there are when more are wanted', () => {
    const taken = takeTokens(undefined, { nowMs: 0, wanted: 8, rate });
    expect(taken).toEqual({ granted: 5, fullAtMs: 500, retryAfterMs: 0 });
    expect(takeTokens(taken.fullAtMs, { nowMs: 250, wanted: 8, rate }).granted).toBe(2);
  });

  it('is full again after a pause, and no fuller', () => {
    expect(takeTokens(500, { nowMs: 60_000, wanted: 99, rate }).granted).toBe(5);
  });

  it('never allows more than the burst and the rate, and always does after the time it names', () => {
    const step = fc.record({ waitMs: fc.nat(400), wanted: fc.integer({ min: 1, max: 4 }) });
    const anyRate = fc.record({
      perSec: fc.integer({ min: 1, max: 500 }),
      burst: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(anyRate, fc.array(step, { minLength: 1, maxLength: 80 }), (any, steps) => {
        let nowMs = 0;
        let fullAtMs: number | undefined;
        let granted = 0;
        for (const { waitMs, wanted } of steps) {
          nowMs += waitMs;
          const taken = takeTokens(fullAtMs, { nowMs, wanted, rate: any });
          fullAtMs = taken.fullAtMs;
          granted += taken.granted;
          expect(granted).toBeLessThanOrEqual(any.burst + (nowMs * any.perSec) / 1_000 + 1e-3);
          if (taken.granted > 0) continue;
          const later = { nowMs: nowMs + taken.retryAfterMs, wanted: 1, rate: any };
          expect(takeTokens(fullAtMs, later).granted).toBe(1);
        }
      }),
    );
  });
});
