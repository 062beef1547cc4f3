import type { Item } from './item.ts';

/** Splits items into runs of at most `maxTokens`, in order; a longer item is a run of its own. */
export function passesOf<T extends Pick<Item, 'tokens'>>(
  items: readonly T[],
  maxTokens: number,
): T[][] {
  const passes: T[][] = [];
  let tokens = 0;
  for (const item of items) {
    const pass = passes.at(-1);
    if (pass && tokens + item.tokens <= maxTokens) pass.push(item);
    else {
      passes.push([item]);
      tokens = 0;
    }
    tokens += item.tokens;
  }
  return passes;
}
