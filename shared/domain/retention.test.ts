import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiresAtMs, expiryDueAtMs, isExpiryDue, retentionDaysOf } from './retention.ts';
import { NO_ITEMS } from './tier-counts.ts';

const FOR_GOOD = { retentionDays: 0 };
const tiers = { ...NO_ITEMS, cold: { items: 3, bytes: 9, rawBytes: 9 } };

describe('an item under a retention', () => {
  it('expires with its batch, a thirtieth of the retention', () => {
    const day = (days: number, hours = 0) => Date.UTC(2026, 5, 1 + days, hours);
    expect(expiresAtMs(day(0, 0), 30)).toBe(day(30, 0));
    expect(expiresAtMs(day(0, 23), 30)).toBe(day(30, 0));
    expect(expiresAtMs(day(1, 0), 30)).toBe(day(31, 0));
    // 24 minutes of 12 hours, 48 of a day.
    expect(expiresAtMs(day(0, 0) + 47 * 60_000, 1)).toBe(day(1, 0));
    expect(expiresAtMs(day(0, 0) + 48 * 60_000, 1)).toBe(day(1, 0) + 48 * 60_000);
  });

  it('lives never longer than that, and at least 29 thirtieths of it', () => {
    const instant = fc.integer({ min: -1e12, max: 4e12 });
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 36_500 }), (createdAtMs, days) => {
        const livesMs = expiresAtMs(createdAtMs, days) - createdAtMs;
        expect(livesMs).toBeLessThanOrEqual(days * 86_400_000);
        expect(livesMs).toBeGreaterThan((days * 86_400_000 * 29) / 30 - 1);
      }),
    );
  });
});

describe('a session', () => {
  it('is kept as it says, else by the default, else for good', () => {
    expect(retentionDaysOf({ retentionDays: 7 }, { retentionDays: 30 })).toBe(7);
    expect(retentionDaysOf({}, { retentionDays: 30 })).toBe(30);
    expect(retentionDaysOf({}, FOR_GOOD)).toBe(0);
  });

  it('is due when its first item expires, and is looked at when that is not known', () => {
    const head = { retentionDays: 30, firstItemAtMs: Date.UTC(2026, 5, 1), tiers };
    expect(expiryDueAtMs(head, FOR_GOOD)).toBe(Date.UTC(2026, 6, 1));
    expect(isExpiryDue(head, FOR_GOOD, Date.UTC(2026, 6, 1) - 1)).toBe(false);
    expect(isExpiryDue(head, FOR_GOOD, Date.UTC(2026, 6, 1))).toBe(true);
    expect(isExpiryDue({ retentionDays: 30, tiers }, FOR_GOOD, 1)).toBe(true);
    expect(isExpiryDue({ tiers }, { retentionDays: 30 }, 1)).toBe(true);
  });

  it('is never due without a retention, or without items', () => {
    expect(expiryDueAtMs({ firstItemAtMs: 0, tiers }, FOR_GOOD)).toBeUndefined();
    expect(expiryDueAtMs({ retentionDays: 1, tiers: NO_ITEMS }, FOR_GOOD)).toBeUndefined();
  });
});
