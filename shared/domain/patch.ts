import type { JsonObject } from '../kernel/json.ts';
import { withAnchors } from './anchors.ts';
import type { SessionChange } from './change.ts';
import { nextVersion, type SessionHead } from './head.ts';
import type { StoredItem } from './item.ts';
import { dueItem, type MigrationPolicy, pack, replaceItems } from './migration.ts';
import type { Segment } from './segment.ts';
import { decodeSegment } from './segment-codec.ts';
import { countItems, countSegment } from './tier-counts.ts';

export interface Patch {
  readonly head: SessionHead;
  readonly item: StoredItem;
  /** Holds the item when it is cold. */
  readonly segment: Segment | undefined;
  readonly pinned?: boolean;
  readonly metadata?: JsonObject;
  readonly nowMs: number;
  readonly policy: MigrationPolicy;
}

/**
 * Decides new metadata or a pin. The item stays in its tier: a cold one is packed again.
 *
 * @throws AppError `invalid-argument` past the number of pins that a session may have.
 */
export function decidePatch(patch: Patch): {
  readonly change: SessionChange;
  readonly item: StoredItem;
} {
  const { head, segment, pinned, metadata, nowMs, policy } = patch;
  const item = {
    ...patch.item,
    ...(pinned === undefined ? {} : { pinned }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  const packed = segment
    ? pack(
        decodeSegment(segment).map((one) => (one.seq === item.seq ? item : one)),
        policy,
      )
    : [];
  let tiers = countItems(countItems(head.tiers, [patch.item], -1), [item], 1);
  if (segment) tiers = countSegment(tiers, segment, -1);
  for (const one of packed) tiers = countSegment(tiers, one, 1);
  const replaced = replaceItems(head, [item]);
  return {
    item,
    change: {
      sessionKey: head.sessionKey,
      expectedVersion: head.version,
      head: {
        ...replaced,
        version: nextVersion(head.version, nowMs),
        anchors: withAnchors(replaced.anchors, [item]),
        tiers,
      },
      putItems: segment ? [] : [dueItem(item, policy)],
      deleteSegments: segment ? [segment.firstSeq] : [],
      putSegments: packed,
    },
  };
}
