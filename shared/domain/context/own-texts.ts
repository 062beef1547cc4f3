/** The notes on what is not shown differ by a number: so many are remembered, then it begins anew. */
const MAX_TEXTS = 1_000;

type Count = (text: string) => number;

const countsOf = new WeakMap<Count, Map<string, number>>();

/**
 * Counts a text of ours, that nobody said: such ones come again in nearly every context, and counting
 * one takes as long as choosing twenty items. What was said is never kept here: it may be erased.
 */
export function countOwnText(count: Count, text: string): number {
  const counts = countsOf.get(count) ?? new Map<string, number>();
  const known = counts.get(text);
  if (known !== undefined) return known;
  const tokens = count(text);
  if (counts.size >= MAX_TEXTS) counts.clear();
  countsOf.set(count, counts.set(text, tokens));
  return tokens;
}
