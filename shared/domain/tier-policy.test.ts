import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { NO_ACCESSES, type Tier } from './item.ts';
import {
  accessCountOf,
  addAccesses,
  isDecidedBy,
  leavesTierAtMs,
  type TierPolicy,
  tierOf,
} from './tier-policy.ts';

const POLICY: TierPolicy = {
  hotTierMaxAgeDays: 7,
  warmTierMaxAgeDays: 30,
  minAccessCountHot: 5,
  minAccessCountWarm: 2,
  accessHalfLifeDays: 7,
};
const NOW = Date.UTC(2026, 5, 1);
const aged = (days: number, count = 0, atMs = NOW) => ({
  createdAtMs: NOW - days * DAY_MS,
  accesses: { count, atMs },
});

describe('the tier of an item', () => {
  it.each([
    [0, 0, 'hot'],
    [7, 0, 'hot'],
    [7.001, 0, 'warm'],
    [30, 0, 'warm'],
    [30.001, 0, 'cold'],
    [400, 1, 'cold'],
    [400, 2, 'warm'],
    [400, 4, 'warm'],
    [400, 5, 'hot'],
    [10, 5, 'hot'],
  ] as const)('at %s days with %s accesses is %s', (days, count, tier) => {
    expect(tierOf(aged(days, count), NOW, POLICY)).toBe(tier);
  });

  it('follows accesses of late, not of ever: after one half-life ten count five', () => {
    const item = aged(400, 10, NOW - 7 * DAY_MS);
    expect(tierOf(item, NOW, POLICY)).toBe('hot');
    expect(tierOf(item, NOW + 7 * DAY_MS, POLICY)).toBe('warm');
    expect(tierOf(item, NOW + 30 * DAY_MS, POLICY)).toBe('cold');
  });

  it('counts five reads within an hour as five, although the first ones have decayed a little', () => {
    let accesses = NO_ACCESSES;
    for (let minute = 0; minute < 50; minute += 10) {
      accesses = addAccesses(accesses, 1, NOW + minute * 60_000, POLICY);
    }
    expect(accessCountOf(accesses, NOW + 60 * 60_000, POLICY)).toBe(5);
  });
});

describe('accesses that are not written down yet', () => {
  it.each([
    [6, 0, 100, false],
    [10, 0, 4, false],
    [10, 0, 5, true],
    [10, 3, 2, true],
    [10, 5, 1, false],
    [40, 0, 1, false],
    [40, 0, 2, true],
  ])('at %s days with %s accesses, %s more decide the tier: %s', (days, count, added, decide) => {
    expect(isDecidedBy(added, aged(days, count), NOW, POLICY)).toBe(decide);
  });
});

describe('the instant at which an item leaves its tier', () => {
  const item = fc.record({
    createdAtMs: fc.integer({ min: NOW - 500 * DAY_MS, max: NOW }),
    accesses: fc.record({
      count: fc.double({ min: 0, max: 1_000, noNaN: true }),
      atMs: fc.integer({ min: NOW - 90 * DAY_MS, max: NOW }),
    }),
  });
  const rank: Readonly<Record<Tier, number>> = { hot: 2, warm: 1, cold: 0 };

  it('is the first at which the item belongs further down', () => {
    fc.assert(
      fc.property(item, fc.constantFrom<Tier>('hot', 'warm'), (one, tier) => {
        const atMs = leavesTierAtMs(one, tier, POLICY) ?? Number.NaN;
        expect(rank[tierOf(one, atMs + 1, POLICY)]).toBeLessThan(rank[tier]);
        // Up to then it stays, to within the rounding of a millisecond.
        expect(rank[tierOf(one, Math.min(atMs - 2, atMs), POLICY)]).toBeGreaterThanOrEqual(
          rank[tier],
        );
      }),
      { numRuns: 500 },
    );
  });

  it('does not exist for a cold item, nor where no access at all is asked for', () => {
    expect(leavesTierAtMs(aged(400), 'cold', POLICY)).toBeUndefined();
    expect(leavesTierAtMs(aged(1), 'hot', { ...POLICY, minAccessCountHot: 0 })).toBeUndefined();
  });
});
