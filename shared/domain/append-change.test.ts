import { expect, it } from 'vitest';
import { coarseDue } from './append-change.ts';
import type { TierPolicy } from './tier-policy.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 30);
const WEEK_AND_MONTH: TierPolicy = {
  hotTierMaxAgeDays: 7,
  warmTierMaxAgeDays: 30,
  minAccessCountHot: 5,
  minAccessCountWarm: 2,
  accessHalfLifeDays: 7,
};

it.each([
  ['nothing', undefined, undefined],
  ['what is due already', NOW - 1_234, NOW - 1_234],
  ['what is due now', NOW, NOW],
  ['what is due in a moment', NOW + 1, Date.UTC(2026, 0, 1, 12, 1)],
  ['a whole minute', Date.UTC(2026, 0, 8, 12, 1), Date.UTC(2026, 0, 8, 12, 1)],
  ['a moment after one', Date.UTC(2026, 0, 8, 12, 1) + 1, Date.UTC(2026, 0, 8, 12, 2)],
])('makes of %s a due date that rarely changes', (_, dueAtMs, coarse) => {
  expect(coarseDue(dueAtMs, NOW)).toBe(coarse);
  expect(coarseDue(dueAtMs, NOW, WEEK_AND_MONTH)).toBe(coarse);
});

it.each([
  // The next multiple of 3.6 seconds.
  ['of an hour', 1 / 24, NOW + 2_400],
  ['of no time', 0, NOW + 1],
])('is little late where a tier keeps items for an age %s', (_, hotTierMaxAgeDays, coarse) => {
  expect(coarseDue(NOW + 1, NOW, { ...WEEK_AND_MONTH, hotTierMaxAgeDays })).toBe(coarse);
});
