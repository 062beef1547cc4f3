import { describe, expect, it } from 'vitest';
import { clip, clipToFit, head, tail } from './clip.ts';

describe('clip', () => {
  it('leaves a short text alone and ends a long one in an ellipsis', () => {
    expect(clip('harbour', 7)).toBe('harbour');
    expect(clip('harbour storm', 9)).toBe('harbour…');
  });

  it('never parts a surrogate pair', () => {
    expect(clip('a\u{1f600}\u{1f600}', 4)).toBe('a\u{1f600}…');
    expect(clip('a\u{1f600}\u{1f600}', 3)).toBe('a…');
    expect(head('a\u{1f600}', 2)).toBe('a');
    expect(tail('\u{1f600}a', 2)).toBe('a');
    expect(tail('\u{1f600}a', 3)).toBe('\u{1f600}a');
  });
});

describe('clipToFit', () => {
  it('takes as much as fits', () => {
    expect(clipToFit('harbour', (part) => part.length <= 5)).toBe('harb…');
    expect(clipToFit('harbour', (part) => part.length <= 7)).toBe('harbour');
  });

  it('says so when not even a character fits', () => {
    expect(clipToFit('harbour', (part) => part.length <= 1)).toBeUndefined();
  });
});
