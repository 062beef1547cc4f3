import { expect, it } from 'vitest';
import { oldSpaceLimitBytes, oldSpaceLimitOf, oldSpaceUsedBytes } from './heap-limit.ts';

const MIB = 1_048_576;
const limitOf = (limitMib: number, ...flags: readonly string[]) =>
  oldSpaceLimitOf({ limitBytes: limitMib * MIB, memoryBytes: 24_000 * MIB, flags }) / MIB;

it.each([
  // What Node 24 says with these flags, on a machine of 24,000 MiB.
  ['no flag', 4_288, [], 4_096],
  ['a flag', 256, ['--max-old-space-size=64'], 64],
  ['underscores', 256, ['--max_old_space_size=64'], 64],
  ['the last of two', 256, ['--max-old-space-size=900', '--max-old-space-size=64'], 64],
  ['a share', 2_592, ['--max-old-space-size-percentage=10'], 2_400],
  ['another young generation', 4_102, ['--max-semi-space-size=2'], 4_096],
  ['both', 70, ['--max-semi-space-size=2', '--max-old-space-size=64'], 64],
  ['other flags', 4_288, ['--expose-gc', '--max-http-header-size=9'], 4_096],
])('finds the limit of the old generation with %s', (_name, limitMib, flags, oldMib) => {
  expect(limitOf(limitMib, ...flags)).toBe(oldMib);
});

it('reads both of this process', () => {
  const kept = Array.from({ length: 20_000 }, (_, index) => ({ text: `${index}` }));
  expect(oldSpaceUsedBytes()).toBeGreaterThan(1_000_000);
  expect(oldSpaceLimitBytes()).toBeGreaterThan(oldSpaceUsedBytes());
  expect(kept).toHaveLength(20_000);
});
