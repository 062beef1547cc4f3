import type { HeadEntry, SessionHead } from './head.ts';
import { itemJson } from './item-json.ts';

/**
 * What stands around an item in a head's text, by the entry's identity: entries are immutable, and
 * pass through one head after the other.
 */
const openings = new WeakMap<HeadEntry, string>();

/**
 * A head as JSON text, its items joined from their own texts: 10 µs for 50 items, where stringifying
 * takes 27 µs (2026-11).
 */
export function headJson({ window, anchors, ...rest }: SessionHead): string {
  return `${JSON.stringify(rest).slice(0, -1)},"window":[${entriesJson(window)}],"anchors":[${entriesJson(anchors)}]}`;
}

const entriesJson = (entries: readonly HeadEntry[]): string => entries.map(entryJson).join(',');

const entryJson = (entry: HeadEntry): string =>
  entry.item ? `${openingOf(entry)}${itemJson(entry.item)}}` : JSON.stringify(entry);

function openingOf(entry: HeadEntry): string {
  let text = openings.get(entry);
  if (text === undefined) {
    const { item: _, ...rest } = entry;
    text = `${JSON.stringify(rest).slice(0, -1)},"item":`;
    openings.set(entry, text);
  }
  return text;
}
