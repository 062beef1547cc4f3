import { describe, expect, it } from 'vitest';
import { lexRank } from './lex-rank.ts';
import { similarity, wordsOf, wordVectors } from './word-vectors.ts';

const vectorsOf = (...sentences: string[]) => wordVectors(sentences.map(wordsOf));

describe('lexRank', () => {
  it('gives nothing for nothing, and 1 to a sentence that is alone', () => {
    expect(lexRank([])).toEqual([]);
    expect(lexRank(vectorsOf('the red boat'))[0]).toBeCloseTo(1);
  });

  it('gives equal sentences equal scores, 1 on average', () => {
    const scores = lexRank(vectorsOf('red boat', 'red boat', 'red boat'));
    for (const score of scores) expect(score).toBeCloseTo(1);
  });

  it('ranks the sentence that is like all others first, and the one like none last', () => {
    const [hub = 0, left = 0, right = 0, alone = 0] = lexRank(
      vectorsOf('boat harbour storm', 'boat harbour', 'harbour storm', 'quiet violin'),
    );
    expect(hub).toBeGreaterThan(left);
    expect(hub).toBeGreaterThan(right);
    expect(Math.min(left, right, hub)).toBeGreaterThan(0);
    expect(hub).toBeGreaterThan(alone);
  });

  it('solves the two-sentence case of the paper’s equation', () => {
    // Rows (1, c) and (c, 1) divided by 1 + c: symmetric, so both scores stay 1.
    const scores = lexRank(vectorsOf('boat harbour', 'boat storm'));
    expect(scores[0]).toBeCloseTo(1);
    expect(scores[1]).toBeCloseTo(1);
  });
});

describe('similarity', () => {
  it('is 1 for the same words in any order and case, 0 for none in common', () => {
    const [a, b, c] = vectorsOf('Red boat', 'boat RED', 'quiet violin');
    if (!a || !b || !c) throw new TypeError('expected three vectors');
    expect(similarity(a, b)).toBeCloseTo(1);
    expect(similarity(a, c)).toBe(0);
  });
});
