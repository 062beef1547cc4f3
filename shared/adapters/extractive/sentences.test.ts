import { describe, expect, it } from 'vitest';
import { sentencesOf } from './sentences.ts';

describe('sentencesOf', () => {
  it('splits at sentence ends and line breaks of any script', () => {
    expect(sentencesOf('It rains. Stay in!\nהגשם חזק.\u2028下雨了。别出门。')).toEqual([
      'It rains.',
      'Stay in!',
      'הגשם חזק.',
      '下雨了。',
      '别出门。',
    ]);
  });

  it('leaves the number of a list with its line', () => {
    expect(sentencesOf('1. Wash it. 2. Dry it.')).toEqual(['1. Wash it.', '2. Dry it.']);
  });

  it('gives each sentence on one line, without control characters', () => {
    expect(sentencesOf('a\u0000b \t c')).toEqual(['a b c']);
  });

  it('finds nothing where nothing can be seen', () => {
    expect(sentencesOf(' \n\u200b … -- ')).toEqual([]);
  });

  it('reads only the start and the end of a very long text', () => {
    const text = `First one. ${'And so on. '.repeat(20_000)}Last one.`;
    const sentences = sentencesOf(text);
    expect(sentences[0]).toBe('First one.');
    expect(sentences.at(-1)).toBe('Last one.');
    expect(sentences.length).toBeLessThan(2_000);
  });
});
