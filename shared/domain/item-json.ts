import { utf8Bytes } from '../kernel/json.ts';
import type { StoredItem } from './item.ts';

/**
 * Texts of items by identity. The same item stands in its row and in every head whose window it
 * passes through (`headJson`). Items are immutable, and an entry goes when its item does.
 */
const texts = new WeakMap<StoredItem, string>();

/**
 * An item as JSON text, made once. JSON escapes what UTF-8 cannot carry (lone surrogates) and what
 * some stores cut at (NUL).
 */
export function itemJson(item: StoredItem): string {
  let text = texts.get(item);
  if (text === undefined) {
    text = JSON.stringify(item);
    texts.set(item, text);
  }
  return text;
}

/** Bytes of an item as it is stored. */
export const itemBytes = (item: StoredItem): number => utf8Bytes(itemJson(item));
