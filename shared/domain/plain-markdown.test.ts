import { describe, expect, it } from 'vitest';
import { plainMarkdown } from './plain-markdown.ts';

describe('Markdown as plain text', () => {
  it('loses the marks of headings, quotes, points, tables and rules', () => {
    const text =
      '# Plan\n> Quoted\n>> Twice\n- one\n* two\n  • three\n| a | b |\n|---|:--|\n***\nEnd';
    expect(plainMarkdown(text).split('\n')).toEqual([
      ...['Plan', 'Quoted', 'Twice', 'one', 'two', 'three', 'a | b', 'End'],
    ]);
  });

  it('loses bold, italic and struck out marks around words', () => {
    expect(plainMarkdown('**Cabin**: *Economy*, ~~first~~, __not the last__ (**2 bags**).')).toBe(
      'Cabin: Economy, first, not the last (2 bags).',
    );
  });

  it('keeps the numbers of a list, of which people speak later', () => {
    expect(plainMarkdown('1. Sony\n2) Bose')).toBe('1. Sony\n2) Bose');
  });

  it.each([
    '2**10 is 1024, 3 * 4 * 5 is 60, and f(*args, **kwargs) is a call',
    'src/**/*.ts and **/*.js, rm *.o *.a',
    '__init__.py and my__own__name, snake_case_name, __main__',
    'a ** b ** c',
    'from 5 - 7 °C down to -3 °C, ~5 %, x~~y',
    '#42 is open, C# and F#, #channel',
    '5 > 3, a || b, a | b, <-- here',
    '`npm run test -- --watch` and $HOME',
    'well-known, on-site',
  ])('leaves %s as it is', (text) => {
    expect(plainMarkdown(text)).toBe(text);
  });

  it('leaves what stands in a fence as it is, without the fence', () => {
    const text = 'Run:\n```sh\n# first\n- **a**\n```\n# Then';
    expect(plainMarkdown(text)).toBe('Run:\n# first\n- **a**\nThen');
  });

  it.each([
    ['stars', '*'],
    ['pairs of stars', '** '],
    ['open bold', '**a '],
    ['open italic', '*a '],
    ['underlines', '__a b'],
    ['quotes', '> '],
    ['bars', '| '],
    ['fences', '```\n'],
  ])('is linear in %s', (_, part) => {
    const text = part.repeat(16_000 / part.length);
    const startMs = performance.now();
    plainMarkdown(text);
    plainMarkdown(text.repeat(4));
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});
