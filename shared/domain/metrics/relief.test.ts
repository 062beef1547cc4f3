import { expect, it } from 'vitest';
import { StepwiseRelief } from './relief.ts';

it('halves with every critical sample, down to an eighth, and doubles back in steps', () => {
  const relief = new StepwiseRelief();
  const shares: number[] = [];
  for (const isCritical of [
    false,
    true,
    true,
    true,
    true,
    false,
    true,
    false,
    false,
    false,
    false,
  ]) {
    relief.step(isCritical);
    shares.push(relief.share);
  }
  expect(shares).toEqual([1, 0.5, 0.25, 0.125, 0.125, 0.25, 0.125, 0.25, 0.5, 1, 1]);
});

it('tells of every change, and of nothing else', () => {
  const relief = new StepwiseRelief();
  const told: number[] = [];
  relief.onChange((share) => told.push(share));
  expect([false, true, false, false].map((isCritical) => relief.step(isCritical))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(told).toEqual([0.5, 1]);
});

it('takes the same part of a batch, and at least one', () => {
  const relief = new StepwiseRelief();
  expect(relief.batchOf(200)).toBe(200);
  for (let sample = 0; sample < 3; sample++) relief.step(true);
  expect([200, 9, 3].map((size) => relief.batchOf(size))).toEqual([25, 1, 1]);
});
