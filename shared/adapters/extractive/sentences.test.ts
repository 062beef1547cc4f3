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

  it('does not end at an initial, a title or another abbreviation', () => {
    expect(
      sentencesOf('He read George R. R. Martin. Dr. Weber came, z. B. at No. 5 vs. No. 6.'),
    ).toEqual(['He read George R. R. Martin.', 'Dr. Weber came, z. B. at No. 5 vs. No. 6.']);
    expect(sentencesOf('So do I. And you? Ask Mr. Kant, e.g. Monday.')).toEqual([
      'So do I.',
      'And you?',
      'Ask Mr. Kant, e.g. Monday.',
    ]);
    for (const one of sentencesOf('A. '.repeat(2_000))) expect(one.length).toBeLessThan(410);
  });

  it('finds the sentences of Markdown without its marks', () => {
    expect(sentencesOf('# Plan\n> **Note.** Bring __all of it__.\n| a | b |\n|---|---|')).toEqual([
      'Plan',
      'Note.',
      'Bring all of it.',
      'a | b',
    ]);
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
