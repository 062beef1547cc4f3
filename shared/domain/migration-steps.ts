import type { SessionHead } from './head.ts';
import type { StoredItem } from './item.ts';
import { SEGMENT_MAX_ITEMS, withinStep } from './migration.ts';
import { itemsWithin } from './tier-counts.ts';

/** Two segments' worth in one commit: each commit writes the head anew, which costs as much again. */
const STEP_MAX_ITEMS = 2 * SEGMENT_MAX_ITEMS;
/** Due items that are read together: a read costs more than the steps that follow from it. */
const PAGE_MAX_ITEMS = 800;
const PAGE_MAX_BYTES = 8 * 1_048_576;

/** How many due items of this session are read together. */
export function pageItems({ tiers: { hot, warm } }: Pick<SessionHead, 'tiers'>): number {
  return Math.min(PAGE_MAX_ITEMS, itemsWithin(PAGE_MAX_BYTES, [hot, warm]));
}

/** Due items, each list for one commit: two segments' worth, fewer where they are large. */
export function stepsOf(due: readonly StoredItem[]): readonly (readonly StoredItem[])[] {
  const steps: (readonly StoredItem[])[] = [];
  for (let from = 0; from < due.length; from += steps.at(-1)?.length ?? 0) {
    steps.push(withinStep(due.slice(from, from + STEP_MAX_ITEMS)));
  }
  return steps;
}
