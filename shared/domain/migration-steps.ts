import type { SessionHead } from './head.ts';
import type { StoredItem } from './item.ts';
import { itemBytes } from './item-json.ts';
import { SEGMENT_MAX_ITEMS } from './migration.ts';

const MIB = 1_024 * 1_024;
/**
 * What one step moves, before compression. With the segments that it packs anew and the head the
 * commit stays below the 10 MiB that Firestore takes, and the 4 MiB of its emulator.
 */
export const STEP_MAX_BYTES = 2 * MIB;
/** Due items that are read together: a read costs more than the steps that follow from it. */
const PAGE_MAX_ITEMS = 500;
const PAGE_MAX_BYTES = 16 * MIB;

/** How many due items of this session are read together. */
export function pageItems({ tiers: { hot, warm } }: Pick<SessionHead, 'tiers'>): number {
  const averageBytes = (hot.bytes + warm.bytes) / Math.max(1, hot.items + warm.items);
  const fitting = Math.floor(PAGE_MAX_BYTES / Math.max(1, averageBytes));
  return Math.min(PAGE_MAX_ITEMS, Math.max(1, fitting));
}

/** Due items, each list for one commit: a segment's worth, fewer where they are large. */
export function stepsOf(due: readonly StoredItem[]): readonly (readonly StoredItem[])[] {
  const steps: StoredItem[][] = [];
  let bytes = 0;
  for (const item of due) {
    const size = itemBytes(item);
    const step = steps.at(-1);
    if (step && step.length < SEGMENT_MAX_ITEMS && bytes + size <= STEP_MAX_BYTES) {
      step.push(item);
      bytes += size;
    } else {
      steps.push([item]);
      bytes = size;
    }
  }
  return steps;
}
