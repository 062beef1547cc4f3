import { describe, expect, it } from 'vitest';
import { type Ranked, selectLines } from './select-lines.ts';
import { wordsOf, wordVectors } from './word-vectors.ts';

/** Lines with these texts and scores, said by the user one after the other. */
function lines(...given: readonly (readonly [text: string, score: number])[]): Ranked[] {
  const vectors = wordVectors(given.map(([text]) => wordsOf(text)));
  return given.map(([text, score], index) => ({
    seq: index + 1,
    speaker: 'user',
    text,
    prior: 1,
    score,
    vector: vectors[index] ?? new Map(),
  }));
}

const count = (text: string): number => text.length;
const room = (wished: number, allowed = wished) => ({ wished, allowed, count });

describe('selectLines', () => {
  it('takes the best lines that fit and puts them in order', () => {
    const given = lines(['red boat', 2], ['quiet violin', 1], ['tall tree', 3]);
    expect(selectLines(given, room(40))).toBe('[1] user: red boat\n[3] user: tall tree');
  });

  it('does not fill up with lines that say next to nothing', () => {
    expect(selectLines(lines(['red boat', 2], ['ok', 0.1]), room(400))).toBe('[1] user: red boat');
  });

  it('leaves out a line that says the same as a better one', () => {
    const given = lines(['the red boat sank', 2], ['the red boat sank', 1], ['tall tree', 1]);
    expect(selectLines(given, room(400))).toBe('[1] user: the red boat sank\n[3] user: tall tree');
  });

  it('puts sentences of one item on one line, three at most', () => {
    const given = lines(['One.', 2], ['Two.', 2], ['Three.', 2], ['Four.', 2]);
    const sameItem = given.map((line) => ({ ...line, seq: 7 }));
    expect(selectLines(sameItem, room(400))).toBe('[7] user: One. Two. Three.');
  });

  it('clips the best line when it is too long, and drops its prefix before it drops it', () => {
    const given = lines(['red boat in the harbour', 2], ['ok', 1]);
    expect(selectLines(given, room(20))).toBe('[1] user: red boat…');
    expect(selectLines(given, room(3, 6))).toBe('red b…');
    expect(selectLines(given, room(0, 1))).toBe('r');
  });

  it('falls back to one line where a counter counts the whole dearer than its parts', () => {
    const dear = (text: string) => text.length * (text.includes('\n[') ? 10 : 1);
    const given = lines(['red boat', 2], ['tall tree', 1]);
    expect(selectLines(given, { wished: 60, allowed: 60, count: dear })).toBe('[1] user: red boat');
  });

  it('gives nothing for nothing', () => {
    expect(selectLines([], room(100))).toBe('');
  });
});
