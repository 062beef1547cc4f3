import { describe, expect, it } from 'vitest';
import { Markup } from '../../shared/adapters/gemma/markup.ts';
import { PieceIndex } from '../../shared/adapters/gemma/piece-index.ts';
import { Scanner } from '../../shared/adapters/gemma/scanner.ts';
import { packGemma, type TokenizerJson } from './packed-vocabulary.ts';

const run = (length: number) => '\u2581'.repeat(length);

/** Merges of all runs of blanks, longest left part first, as Gemma's tokenizer has them. */
const RUN_MERGES = Array.from({ length: 30 }, (_, index) => 30 - index).flatMap((left) =>
  Array.from({ length: 31 - left }, (_, index) => [run(left), run(31 - left - index)] as const),
);

interface Change {
  readonly merges?: readonly (readonly [string, string])[];
  readonly vocab?: readonly string[];
  readonly added?: readonly string[];
}

/** A tokenizer of five letters. */
function tokenizer({ merges, vocab = [], added = [] }: Change = {}): TokenizerJson {
  const own = merges ?? [
    ['a', 'b'],
    ['ab', 'c'],
    ['a', 'bc'],
    ['b', 'c'],
    ['bc', 'd'],
    ['b', 'cd'],
    ['c', 'd'],
  ];
  const words = [...'abcde\u2581', ...own.map((pair) => pair.join('')), '<0x0A>', ...vocab];
  const markup = ['<b>', '<unused0>', '<unused1>', '\n', ...added];
  const runs = Array.from({ length: 30 }, (_, index) => run(index + 2));
  const all = [...new Set([...words, ...markup, ...runs])];
  return {
    added_tokens: markup.map((content) => ({ content })),
    model: {
      vocab: Object.fromEntries(all.map((word, id) => [word, id])),
      merges: [...RUN_MERGES, ...own],
    },
  };
}

function counterOf(json: TokenizerJson): Scanner {
  const vocabulary = packGemma(json);
  return new Scanner(new PieceIndex(vocabulary), new Markup(vocabulary));
}

describe('packGemma', () => {
  const scanner = counterOf(tokenizer());

  it.each([
    ['abc', 1, 'ab, then abc'],
    ['abcd', 2, 'ab before bc, then abc and d'],
    ['bcd', 1, 'bc before cd'],
    ['ebcd', 2, 'nothing joins e'],
    ['aabb', 3, 'a, ab, b'],
    ['<b>ab', 2, 'markup is one token'],
    ['<unused1><unused2>', 10, 'there is no third unused token: it is spelt'],
    ['a é', 4, 'é is spelt in two bytes'],
  ])('%s is %i tokens: %s', (text, tokens) => {
    expect(scanner.count(text)).toBe(tokens);
  });

  it('marks a piece that its own merges never reach', () => {
    const merges = [
      ['b', 'c'],
      ['a', 'b'],
      ['c', 'd'],
      ['ab', 'cd'],
    ] as const;
    expect(counterOf(tokenizer({ merges })).count('abcd')).toBe(3);
  });

  it.each<[string, Change, string]>([
    [
      'a missing merge',
      {
        merges: [
          ['a', 'b'],
          ['ab', 'c'],
          ['b', 'c'],
          ['bc', 'd'],
          ['c', 'd'],
        ],
      },
      'merges where',
    ],
    [
      'another order of equal merges',
      {
        merges: [
          ['b', 'c'],
          ['c', 'd'],
          ['b', 'cd'],
          ['bc', 'd'],
        ],
      },
      'expected order',
    ],
    ['an entry that nothing makes', { vocab: ['zz'] }, 'no piece, character, byte or added token'],
    ['markup without brackets', { added: ['EOT'] }, 'not in brackets'],
    ['a gap in the unused tokens', { added: ['<unused3>'] }, '<unused2> is missing'],
    ['a run joined with a letter', { merges: [['\u2581\u2581', 'a']] }, 'joins a run'],
    ['a piece of 32 letters', { merges: [['a'.repeat(31), 'a']] }, 'too long'],
  ])('refuses a tokenizer with %s', (_, change, message) => {
    expect(() => packGemma(tokenizer(change))).toThrow(message);
  });
});
