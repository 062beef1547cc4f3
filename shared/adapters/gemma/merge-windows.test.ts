import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyOf, mergeLong } from './merge-long.ts';
import { mergeWindows } from './merge-windows.ts';
import { NO_PIECE } from './piece-index.ts';

/** The keys of a text's pieces under a vocabulary, best first, and how often one was asked for. */
function under(vocabulary: readonly string[], text: string) {
  const order = new Map(vocabulary.map((piece, key) => [piece, key]));
  const asked = { times: 0 };
  const keyOf: KeyOf = (from, to) => {
    asked.times++;
    return order.get(text.slice(from, to)) ?? NO_PIECE;
  };
  const starts = () => Int32Array.from({ length: text.length + 1 }, (_, at) => at);
  return { asked, keyOf, starts };
}

function counts(vocabulary: readonly string[], text: string) {
  const { keyOf, starts } = under(vocabulary, text);
  return {
    inWindows: mergeWindows(starts(), text.length, keyOf),
    atOnce: mergeLong(starts(), text.length, keyOf),
  };
}

const letters = fc.constantFrom('a', 'b', 'c');
const piece = fc.array(letters, { minLength: 2, maxLength: 12 }).map((some) => some.join(''));
const texts = fc.oneof(
  fc.array(letters, { minLength: 65, maxLength: 700 }).map((some) => some.join('')),
  fc
    .tuple(fc.array(letters, { minLength: 1, maxLength: 30 }), fc.integer({ min: 65, max: 3_000 }))
    .map(([some, length]) => some.join('').repeat(length).slice(0, length)),
);

/** Twelve hundred letters of which each wants the next more than the one before wants it. */
const CHAIN = Array.from({ length: 1_200 }, (_, at) => String.fromCharCode(0x4e00 + at));
const PAIRS = CHAIN.slice(1).map((letter, at) => `${CHAIN[at]}${letter}`);

describe('tokens counted in windows', () => {
  it('are those that are counted at once, whatever the vocabulary and the text', () => {
    const property = fc.property(fc.uniqueArray(piece, { maxLength: 40 }), texts, (some, text) => {
      const { inWindows, atOnce } = counts(some, text);
      expect(inWindows).toBe(atOnce);
    });
    fc.assert(property, { numRuns: 1_500 });
  });

  it.each([
    ['from its end', PAIRS.toReversed()],
    ['from its beginning', PAIRS],
  ])('are those of a text that is decided %s', (_name, vocabulary) => {
    for (const length of [1_199, 1_200]) {
      const { inWindows, atOnce } = counts(vocabulary, CHAIN.slice(0, length).join(''));
      expect(inWindows).toBe(atOnce);
      expect(inWindows).toBe(600);
    }
  });

  it('are those of a text whose last letter decides what its first is a part of', () => {
    const vocabulary = [...PAIRS.toReversed(), `x${CHAIN[0]}`];
    const odd = CHAIN.slice(0, 1_199).join('');
    expect(counts(vocabulary, `yx${odd}`)).toEqual({ inWindows: 601, atOnce: 601 });
    expect(counts(vocabulary, `x${odd}`)).toEqual({ inWindows: 600, atOnce: 600 });
  });

  it('take a number of questions that grows with the length alone', () => {
    const asked = (length: number) => {
      const text = under(['aa', 'aaaa', 'aaaaaaaa'], 'a'.repeat(length));
      expect(mergeWindows(text.starts(), length, text.keyOf)).toBe(length / 8);
      return text.asked.times / length;
    };
    expect(asked(64_000)).toBeLessThan(5);
    expect(asked(640_000)).toBeLessThan(5);
  });
});
