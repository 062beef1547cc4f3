import { describe, expect, it } from 'vitest';
import { medianOf, spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';

describe('steps timed in turn', () => {
  it('run call by call one after the other, and the first round is not counted', async () => {
    const calls: string[] = [];
    const times = await timeInTurn(
      {
        a: async () => calls.push('a'),
        b: async () => calls.push('b'),
      },
      { rounds: 2, calls: 3 },
    );
    expect(calls.join('')).toBe('ababababababababab');
    expect([times.a.length, times.b.length]).toEqual([2, 2]);
  });
});

describe('a figure of several rounds', () => {
  it('has the middle of its values, and the extremes', () => {
    expect(medianOf([9, 1, 5])).toBe(5);
    expect(medianOf([4, 1, 9, 2])).toBe(3);
    expect(spreadOf([2, 1, 4])).toEqual({ median: 2, lowest: 1, highest: 4, rounds: 3 });
  });

  it('is compared round by round', () => {
    expect(spreadOfRatio([2, 30, 6], [1, 10, 4])).toEqual({
      ...{ median: 2, lowest: 1.5, highest: 3, rounds: 3 },
    });
  });
});
