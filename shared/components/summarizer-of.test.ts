import { describe, expect, it } from 'vitest';
import { StrataOptions, type StrataOptionsInput } from '../options.ts';
import { usesGemini } from './summarizer-of.ts';

describe('usesGemini', () => {
  it.each<[StrataOptionsInput, boolean]>([
    [{}, false],
    [{ geminiModel: 'gemini-3.8-flash' }, false],
    [{ geminiProject: 'p' }, true],
    [{ summarizer: 'gemini' }, true],
    [{ summarizer: 'extractive', geminiProject: 'p' }, false],
  ])('with %j: %s', (options, expected) => {
    expect(usesGemini(StrataOptions.parse(options))).toBe(expected);
  });
});
