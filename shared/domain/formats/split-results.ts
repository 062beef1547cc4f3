import type { JsonObject } from '../../kernel/json.ts';

/** One stretch of a user message: up to a tool result, or what follows the last one. */
export interface Slice {
  readonly blocks: readonly JsonObject[];
  /** The result that ends the slice; absent: the rest, which is the user's own. */
  readonly result?: JsonObject;
}

/** Cuts a list of blocks behind every tool result, so that each result becomes its own item. */
export function splitResults(
  blocks: readonly JsonObject[],
  isResult: (block: JsonObject) => boolean,
): readonly Slice[] {
  const slices: Slice[] = [];
  let from = 0;
  blocks.forEach((block, index) => {
    if (!isResult(block)) return;
    slices.push({ blocks: blocks.slice(from, index + 1), result: block });
    from = index + 1;
  });
  if (from < blocks.length) slices.push({ blocks: blocks.slice(from) });
  return slices;
}
