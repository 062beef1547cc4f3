import { describe, expect, it } from 'vitest';
import { forEachAtOnce } from './for-each.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('forEachAtOnce', () => {
  it('runs every item once, never more than the limit side by side', async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await forEachAtOnce([1, 2, 3, 4, 5, 6, 7], 3, async (n) => {
      most = Math.max(most, ++running);
      await turn();
      seen.push(n);
      running--;
    });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('goes on after a failure, and throws the first one when everything has ended', async () => {
    const seen: number[] = [];
    const done = forEachAtOnce([1, 2, 3, 4], 2, async (n) => {
      await turn();
      seen.push(n);
      if (n === 1 || n === 3) throw new TypeError(`no ${n}`);
    });
    await expect(done).rejects.toThrow('no 1');
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('does nothing for nothing', async () => {
    await forEachAtOnce([], 4, async () => {
      throw new TypeError('never');
    });
  });
});
