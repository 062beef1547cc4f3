import type { KeyOf } from './merge-long.ts';
import { NO_PIECE } from './piece-index.ts';

/** Up to here a scan for the best merge is quicker than a heap of them. */
export const SHORT_CHARACTERS = 64;

const keys = new Int32Array(SHORT_CHARACTERS);

/**
 * Counts the tokens of a short segment: merges the best pair, the leftmost of equals, until none is
 * left. `starts` has the characters' starts and, after them, the end; then the tokens' starts and the end.
 */
export function mergeShort(starts: Int32Array, count: number, keyOf: KeyOf): number {
  let left = count;
  const update = (at: number) => {
    keys[at] = keyOf(starts[at] ?? 0, starts[at + 2] ?? 0);
  };
  for (let at = 0; at < left - 1; at++) update(at);
  while (left > 1) {
    const best = placeOfLeast(left - 1);
    if (keys[best] === NO_PIECE) break;
    starts.copyWithin(best + 1, best + 2, left + 1);
    keys.copyWithin(best, best + 1, left - 1);
    left--;
    if (best > 0) update(best - 1);
    if (best < left - 1) update(best);
  }
  return left;
}

function placeOfLeast(count: number): number {
  let best = 0;
  for (let at = 1; at < count; at++) {
    if ((keys[at] ?? NO_PIECE) < (keys[best] ?? NO_PIECE)) best = at;
  }
  return best;
}
