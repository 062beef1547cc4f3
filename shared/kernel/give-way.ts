import { setImmediate } from 'node:timers/promises';

/** Lets everything else of the process have its turn: timers, answers, other requests. */
export const giveWay = (): Promise<void> => setImmediate();

/** What is done in one go, in UTF-16 units of text: some tens of milliseconds of the slowest work on it. */
const UNITS_AT_ONCE = 262_144;

/**
 * Maps texts one after another, and gives way between them whenever much was done in one go. Little text
 * takes no turn at all.
 */
export async function mapGivingWay<T, R>(
  items: readonly T[],
  unitsOf: (item: T) => number,
  map: (item: T, index: number) => R,
): Promise<R[]> {
  const mapped: R[] = [];
  let units = 0;
  for (const [index, item] of items.entries()) {
    const own = unitsOf(item);
    if (units > 0 && units + own > UNITS_AT_ONCE) {
      await giveWay();
      units = 0;
    }
    units += own;
    mapped.push(map(item, index));
  }
  return mapped;
}
