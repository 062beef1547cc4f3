import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

describe('nearestName', () => {
  it('counts insertions, deletions and replacements', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('same', 'same')).toBe(0);
  });

  it('finds the name that was meant', () => {
    const known = ['STRATA_HOST', 'STRATA_DATA_DIR'];
    expect(nearestName('STRATA_DATADIR', known)).toBe('STRATA_DATA_DIR');
  });

  it('knows a name whose words are joined in another way', () => {
    const known = ['maxMemoryMb', 'hotTierMaxAgeDays'];
    expect(nearestName('hot_tier_max_age_days', known)).toBe('hotTierMaxAgeDays');
    expect(nearestName('maxMemoryMB', known)).toBe('maxMemoryMb');
  });

  it('suggests nothing when no name is close', () => {
    expect(nearestName('STRATA_XYZXYZXYZXYZ', ['STRATA_HOST'])).toBeUndefined();
  });
});
