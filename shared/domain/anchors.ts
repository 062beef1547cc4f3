import { invalid } from '../kernel/app-error.ts';
import type { Anchor } from './head.ts';
import { entryOf, REFERENCE_BYTES, WINDOW_MAX_BYTES } from './head-window.ts';
import { isAnchor, type StoredItem } from './item.ts';

/** Pins stand in every context, so a session has a bounded number of them. */
export const MAX_PINS = 256;
/** Only the newest system items stand in front of a context. */
export const MAX_SYSTEM_ANCHORS = 32;

/**
 * The anchors with these items added, replaced or, where they are anchors no more, left out.
 *
 * @throws AppError `invalid-argument` when that would be more than `MAX_PINS` pins.
 */
export function withAnchors(
  anchors: readonly Anchor[],
  items: readonly StoredItem[],
): readonly Anchor[] {
  const changed = new Set(items.map(({ seq }) => seq));
  const kept = anchors.filter(({ seq }) => !changed.has(seq));
  const added = items.filter(isAnchor).map((item) => ({
    ...entryOf(item),
    isPinned: item.pinned,
  }));
  if (added.length === 0) return kept.length === anchors.length ? anchors : kept;
  const all = [...kept, ...added].sort((a, b) => a.seq - b.seq);
  const pins = all.filter(({ isPinned }) => isPinned);
  if (pins.length > MAX_PINS) {
    throw invalid([
      { path: 'pinned', message: `A session has at most ${MAX_PINS} pins: unpin one first` },
    ]);
  }
  const system = all.filter(({ isPinned }) => !isPinned).slice(-MAX_SYSTEM_ANCHORS);
  return fitAnchors([...pins, ...system].sort((a, b) => a.seq - b.seq));
}

/** All anchors, the newest inline as far as they fit, the rest by reference. */
function fitAnchors(anchors: readonly Anchor[]): readonly Anchor[] {
  let bytes = 0;
  return anchors
    .toReversed()
    .map((anchor): Anchor => {
      bytes += anchor.bytes;
      const { item: _, outline: __, ...reference } = anchor;
      return bytes <= WINDOW_MAX_BYTES ? anchor : { ...reference, bytes: REFERENCE_BYTES };
    })
    .toReversed();
}
