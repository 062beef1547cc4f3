import type { HeadEntry } from './head.ts';
import type { StoredItem } from './item.ts';
import { itemBytes } from './item-json.ts';

/** A larger item stands in the head by reference. */
export const INLINE_MAX_BYTES = 16 * 1_024;
/** Inline bytes of the window, and again of the anchors: a head stays far below 1 MiB. */
export const WINDOW_MAX_BYTES = 64 * 1_024;
/** What an entry takes that stands by reference. */
export const REFERENCE_BYTES = 48;

export function entryOf(item: StoredItem): HeadEntry {
  const { seq, tokens } = item;
  const bytes = itemBytes(item);
  return bytes <= INLINE_MAX_BYTES
    ? { seq, tokens, bytes, item }
    : { seq, tokens, bytes: REFERENCE_BYTES };
}

/** The newest entries that fit, in seq order: complete from the first one on. */
export function fitWindow(entries: readonly HeadEntry[], maxItems: number): readonly HeadEntry[] {
  let bytes = 0;
  let from = entries.length;
  while (from > 0 && entries.length - from < maxItems) {
    bytes += entries[from - 1]?.bytes ?? 0;
    if (bytes > WINDOW_MAX_BYTES) break;
    from--;
  }
  return entries.slice(from);
}

/** The entries with newer copies of the items that they hold inline. */
export function replaceEntries<E extends HeadEntry>(
  entries: readonly E[],
  items: ReadonlyMap<number, StoredItem>,
): readonly E[] {
  return entries.map((entry) => {
    const item = items.get(entry.seq);
    return item && entry.item ? { ...entry, ...entryOf(item) } : entry;
  });
}
