import { expect, it } from 'vitest';
import { TurnCounter } from '../testing/turn-counter.ts';
import { mapGivingWay } from './give-way.ts';

/** How often everything else had a turn while texts of these lengths were mapped. */
async function turnsAmong(
  lengths: readonly number[],
): Promise<{ turns: number; mapped: number[] }> {
  const others = new TurnCounter();
  const mapped = await mapGivingWay(
    lengths,
    (length) => length,
    (length, index) => length * 10 + index,
  );
  others.stop();
  return { turns: others.turns, mapped };
}

it('maps in order', async () => {
  expect((await turnsAmong([3, 1, 2])).mapped).toEqual([30, 11, 22]);
  expect((await turnsAmong([])).mapped).toEqual([]);
});

it('lets others work between large texts, and not among small ones', async () => {
  expect((await turnsAmong(Array(32).fill(262_144))).turns).toBeGreaterThanOrEqual(31);
  expect((await turnsAmong(Array(1_000).fill(200))).turns).toBe(0);
  expect((await turnsAmong(Array(8).fill(131_072))).turns).toBeGreaterThanOrEqual(3);
});
