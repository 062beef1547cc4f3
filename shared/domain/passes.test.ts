import { describe, expect, it } from 'vitest';
import { passesOf } from './passes.ts';

const sizes = (...tokens: number[]) => tokens.map((each) => ({ tokens: each }));

describe('passesOf', () => {
  it('fills each pass up to the limit, in order', () => {
    expect(passesOf(sizes(4, 6, 1, 5, 4, 1), 10)).toEqual([sizes(4, 6), sizes(1, 5, 4), sizes(1)]);
  });

  it('gives an item that is too long a pass of its own, and nothing for nothing', () => {
    expect(passesOf(sizes(1, 99, 1), 10)).toEqual([sizes(1), sizes(99), sizes(1)]);
    expect(passesOf([], 10)).toEqual([]);
  });
});
