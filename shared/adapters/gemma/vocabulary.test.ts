import { describe, expect, it } from 'vitest';
import { decodeVocabulary, encodeVocabulary, type Vocabulary } from './vocabulary.ts';

const VOCABULARY: Vocabulary = {
  lengths: Uint8Array.of(2, 3, 0x82),
  blocks: Uint32Array.of(0),
  units: Uint16Array.of(97, 98, 97, 98, 0xd83d, 120, 121),
  slots: Int32Array.of(0, -5, 7, 0),
  pairs: Uint8Array.of(1, 2, 3, 4, 5),
  characters: Uint8Array.of(0, 255),
  markup: ['<b>', '</b>'],
  unusedCount: 12,
};

describe('a vocabulary file', () => {
  it('gives back what was written', () => {
    expect(decodeVocabulary(encodeVocabulary(VOCABULARY))).toEqual(VOCABULARY);
  });

  it.each([
    ['nothing', new Uint8Array()],
    [
      'something else',
      new TextEncoder().encode('PK\u0003\u0004 is another kind of file altogether'),
    ],
    ['a file that was cut off', encodeVocabulary(VOCABULARY).slice(0, -4)],
    ['a file with more at its end', Buffer.concat([encodeVocabulary(VOCABULARY), Buffer.alloc(4)])],
  ])('is refused when it is %s', (_, bytes) => {
    expect(() => decodeVocabulary(Uint8Array.from(bytes))).toThrow('set tokenCounter to openai');
  });
});
