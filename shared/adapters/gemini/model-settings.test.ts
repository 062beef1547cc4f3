import { describe, expect, it } from 'vitest';
import { settingsOf } from './model-settings.ts';

describe('settingsOf', () => {
  it('asks the default model for the same answer every time, with minimal thinking', () => {
    expect(settingsOf('gemini-3.5-flash', 1_000)).toEqual({
      temperature: 0,
      candidateCount: 1,
      maxOutputTokens: 1_512,
      thinkingConfig: { thinkingLevel: 'MINIMAL' },
    });
  });

  it.each([
    ['gemini-3-flash-preview', 'MINIMAL', 0],
    ['gemini-3.6-flash', 'MINIMAL', undefined],
    ['gemini-3.7-flash', 'LOW', undefined],
    ['gemini-3.8-flash', 'LOW', undefined],
    ['gemini-3.8-flash-lite', 'MINIMAL', undefined],
    ['gemini-3.1-pro-preview', 'LOW', 0],
    ['publishers/google/models/gemini-3.5-flash', 'MINIMAL', 0],
    ['gemini-2.5-pro', undefined, 0],
    ['projects/p/locations/l/endpoints/123', undefined, 0],
  ])('asks %s with thinking %s and temperature %s', (model, level, temperature) => {
    const settings = settingsOf(model, 100);
    expect(settings.thinkingConfig?.thinkingLevel).toBe(level);
    expect(settings.temperature).toBe(temperature);
  });

  it('leaves room for the thinking that counts as output', () => {
    expect(settingsOf('gemini-3.7-flash', 100).maxOutputTokens).toBe(2_148);
    expect(settingsOf('tuned', 100).maxOutputTokens).toBe(100);
  });
});
