import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeTokenCounter } from '../../ports/token-counter.contract.ts';
import type { TokenCounter } from '../../ports/token-counter.ts';
import { EstimatingTokenCounter } from '../estimate/estimating-token-counter.ts';
import { GemmaTokenCounter } from '../gemma/gemma-token-counter.ts';
import { RememberingTokenCounter } from './remembering-token-counter.ts';

describeTokenCounter(
  'RememberingTokenCounter',
  () => new RememberingTokenCounter(new EstimatingTokenCounter(new GemmaTokenCounter())),
);

const [A, B, C] = ['a'.repeat(200), 'b'.repeat(300), 'c'.repeat(400)];

/** Counts units, and notes each text that it is asked for by its first one. */
function noting(): TokenCounter & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    name: 'units',
    count(text) {
      asked.push(text.slice(0, 1));
      return text.length;
    },
  };
}

describe('RememberingTokenCounter', () => {
  it('asks once for each text, and has the name of the counter behind it', () => {
    const behind = noting();
    const counter = new RememberingTokenCounter(behind);
    expect([A, B, A, B].map((text) => counter.count(text))).toEqual([200, 300, 200, 300]);
    expect(behind.asked).toEqual(['a', 'b']);
    expect(counter.name).toBe('units');
  });

  it('forgets what was unused longest when it holds too many', () => {
    const behind = noting();
    const counter = new RememberingTokenCounter(behind, { maxTexts: 2 });
    for (const text of [A, B, A, C, A, B]) counter.count(text);
    expect(behind.asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('keeps texts apart that differ in half a surrogate pair', () => {
    const counter = new RememberingTokenCounter({
      name: 'first halves',
      count: (text) => text.split('\ud83d').length - 1,
    });
    expect(counter.count(`${A}\ud83d`)).toBe(1);
    expect(counter.count(`${A}\ufffd`)).toBe(0);
    expect(counter.count(`${A}\ude00`)).toBe(0);
  });

  it('counts any texts as the counter behind it does, in any order, however few it holds', () => {
    const text = fc.tuple(fc.constantFrom('', A, B), fc.string({ unit: 'binary', maxLength: 3 }));
    const texts = fc.array(
      text.map((parts) => parts.join('')),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 10 }), (given, maxTexts) => {
        const plain = new EstimatingTokenCounter(new GemmaTokenCounter());
        const counter = new RememberingTokenCounter(plain, { maxTexts });
        for (const one of [...given, ...given]) expect(counter.count(one)).toBe(plain.count(one));
      }),
    );
  });
});
