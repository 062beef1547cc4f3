import { describe, expect, it } from 'vitest';
import { anItem, someItems } from '../testing/builders.ts';
import { pageItems, stepsOf } from './migration-steps.ts';
import { NO_ITEMS } from './tier-counts.ts';

const KIB = 1_024;
const large = (seq: number, kib: number) => anItem(seq, { content: 'x'.repeat(kib * KIB) });
const sizes = (steps: ReturnType<typeof stepsOf>) => steps.map((step) => step.length);

describe('the steps of a migration', () => {
  it('move two segments of small items each, in order', () => {
    const steps = stepsOf(someItems(1, 850));
    expect(sizes(steps)).toEqual([400, 400, 50]);
    expect(steps.flat().map(({ seq }) => seq)).toEqual(someItems(1, 850).map(({ seq }) => seq));
    expect(stepsOf([])).toEqual([]);
  });

  it('move no more than 2 MiB each, or one item alone', () => {
    const seqs = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(sizes(stepsOf(seqs.map((seq) => large(seq, 255))))).toEqual([8, 8, 4]);
    expect(sizes(stepsOf([anItem(1), large(2, 3_000), anItem(3)]))).toEqual([1, 1, 1]);
  });
});

describe('a page of due items', () => {
  const itemsOf = (items: number, bytes: number) =>
    pageItems({ tiers: { ...NO_ITEMS, warm: { items, bytes, rawBytes: bytes } } });

  it('is as long as its bytes allow', () => {
    expect(itemsOf(10_000, 10_000 * 600)).toBe(800);
    expect(itemsOf(100, 100 * 256 * KIB)).toBe(32);
    expect(itemsOf(1, 64 * KIB * KIB)).toBe(1);
    expect(itemsOf(0, 0)).toBe(800);
  });
});
