import { describe, expect, it } from 'vitest';
import {
  charged,
  inCountedTokens,
  joined,
  learn,
  type PromptSample,
  percentOf,
  spendable,
  type TokenCorrection,
} from './token-correction.ts';

const sample = (chargedTokens: number, countedTokens = 1_000, model = 'm'): PromptSample => ({
  model,
  countedTokens,
  chargedTokens,
});
const learnt = (...charges: readonly number[]) =>
  charges.reduce<TokenCorrection | undefined>((known, one) => learn(known, sample(one)), undefined);
const percentAfter = (...charges: readonly number[]): number => {
  const correction = learnt(...charges);
  return percentOf(correction ? { correction } : {});
};

describe('the correction of token counts', () => {
  it('is none before a model has told what it counted', () => {
    expect(percentOf({})).toBe(100);
  });

  it('is what the model counts more, in whole hundredths, rounded up', () => {
    expect(percentAfter(1_000)).toBe(100);
    expect(percentAfter(1_001)).toBe(101);
    expect(percentAfter(1_100)).toBe(110);
  });

  it('never counts less than we do, and at most a quarter more', () => {
    expect(percentAfter(700)).toBe(100);
    expect(percentAfter(1_400)).toBe(125);
  });

  it('is the median of the last five prompts, which two false figures do not move', () => {
    expect(percentAfter(1_050, 1_050, 1_050, 1_900, 1_900)).toBe(105);
    expect(percentAfter(1_050, 1_050, 1_050, 600, 600)).toBe(105);
    expect(percentAfter(1_200, 1_000, 1_000, 1_000, 1_000, 1_000)).toBe(100);
    expect(learnt(1_010, 1_020, 1_030, 1_040, 1_050, 1_060)).toEqual({
      model: 'm',
      percents: [102, 103, 104, 105, 106],
    });
  });

  it('is the larger of two, which is the safe side', () => {
    expect(percentAfter(1_000, 1_100)).toBe(110);
    expect(percentAfter(1_100, 1_000)).toBe(110);
  });

  it('does not believe figures that cannot be of the prompt, and none of a short one', () => {
    expect(learnt(0)).toBeUndefined();
    expect(learnt(2_001)).toBeUndefined();
    expect(learnt(490)).toBeUndefined();
    expect(learn(undefined, sample(520, 499))).toBeUndefined();
    expect(learn(undefined, sample(520, 500))).toEqual({ model: 'm', percents: [104] });
    const known = { model: 'm', percents: [103] };
    expect(learn(known, sample(5_000))).toBe(known);
    expect(learn(known, sample(Number.NaN))).toBe(known);
  });

  it('begins anew with another model', () => {
    const known = { model: 'm', percents: [120, 120, 120] };
    expect(learn(known, sample(1_010, 1_000, 'n'))).toEqual({ model: 'n', percents: [101] });
  });

  it('takes the passes of one summary as one prompt', () => {
    expect(joined(undefined, sample(410, 400))).toEqual(sample(410, 400));
    expect(joined(sample(410, 400), undefined)).toEqual(sample(410, 400));
    expect(joined(sample(410, 400), sample(230, 200, 'n'))).toEqual(sample(640, 600, 'n'));
  });

  it('buys only as many counted tokens as the budget pays for', () => {
    expect(spendable(4_000, 100)).toBe(4_000);
    expect(spendable(4_000, 125)).toBe(3_200);
    expect(charged(3_200, 125)).toBe(4_000);
    expect(charged(1, 101)).toBe(2);
    for (let percent = 100; percent <= 125; percent++) {
      for (let budget = 0; budget <= 300; budget++) {
        expect(charged(spendable(budget, percent), percent)).toBeLessThanOrEqual(budget);
        expect(spendable(charged(budget, percent), percent)).toBeGreaterThanOrEqual(budget);
      }
    }
  });

  it('leaves room for itself where it is decided what stays beside a summary', () => {
    const limits = { maxContextTokens: 4_000, maxContextItems: 15 };
    const correction = { model: 'm', percents: [110] };
    expect(inCountedTokens(limits, { correction })).toEqual({
      maxContextTokens: 3_636,
      maxContextItems: 15,
    });
  });
});
