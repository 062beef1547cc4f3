import { dropAbsent } from '../kernel/drop-absent.ts';
import { jsonBytes } from '../kernel/json.ts';
import type { HeadEntry, Outline } from './head.ts';
import { CONTENT_TYPES, type StoredItem } from './item.ts';
import { itemBytes } from './item-json.ts';

/** A larger item stands in the head by reference. */
export const INLINE_MAX_BYTES = 16 * 1_024;
/** Inline bytes of the window, and again of the anchors: a head stays far below 1 MiB. */
export const WINDOW_MAX_BYTES = 64 * 1_024;
/** What an entry takes that stands by reference, beside its outline. */
export const REFERENCE_BYTES = 48;

export function entryOf(item: StoredItem): HeadEntry {
  const { seq, tokens } = item;
  const bytes = itemBytes(item);
  return bytes <= INLINE_MAX_BYTES ? { seq, tokens, bytes, item } : referenceOf(item);
}

/** The item by reference. */
export function referenceOf({ seq, tokens, contentType, toolCallId }: StoredItem): HeadEntry {
  if (contentType === CONTENT_TYPES.toolCall) return { seq, tokens, bytes: REFERENCE_BYTES };
  const outline: Outline = dropAbsent({ contentType, toolCallId });
  return { seq, tokens, bytes: REFERENCE_BYTES + jsonBytes(outline), outline };
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
    if (!item || !entry.item) return entry;
    // The new copy may have grown too large to stand here. What E has beyond an entry is in the rest.
    const { item: _, ...rest } = entry;
    return { ...rest, ...entryOf(item) } as E;
  });
}
