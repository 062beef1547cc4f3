import type { JsonObject } from '../kernel/json.ts';
import { withAnchors } from './anchors.ts';
import type { SessionChange } from './change.ts';
import { nextVersion, type SessionHead } from './head.ts';
import { isAnchor, type StoredItem } from './item.ts';
import { dueItem, type MigrationPolicy, pack, replaceItems } from './migration.ts';
import type { Segment } from './segment.ts';
import { decodeSegment } from './segment-codec.ts';
import { countItems, countSegment } from './tier-counts.ts';
import { isCovered, type Uncovering, uncover } from './uncover.ts';

export interface Patch {
  readonly head: SessionHead;
  readonly item: StoredItem;
  /** Holds the item when it is cold. */
  readonly segment: Segment | undefined;
  readonly pinned?: boolean;
  readonly metadata?: JsonObject;
  /** Where the summary loses the item; absent: it does not, see `losesSummary`. */
  readonly uncovering?: Uncovering | undefined;
  readonly nowMs: number;
  readonly policy: MigrationPolicy;
}

/**
 * Whether nothing would tell of an item any more: summaries leave out what is pinned, and a context
 * does not show what a summary stands for.
 */
export const losesSummary = (
  head: SessionHead,
  item: StoredItem,
  { pinned }: Pick<Patch, 'pinned'>,
): boolean =>
  item.pinned && pinned === false && !isAnchor({ ...item, pinned }) && isCovered(head, item);

/**
 * Decides new metadata or a pin. The item stays in its tier: a cold one is packed again. Where it
 * loses its pin behind a summary, that one goes: the next one tells of the item.
 *
 * @throws AppError `invalid-argument` past the number of pins that a session may have.
 */
export function decidePatch(patch: Patch): {
  readonly change: SessionChange;
  readonly item: StoredItem;
} {
  const { head, segment, pinned, metadata, uncovering, nowMs, policy } = patch;
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
  const told = uncovering ? uncover(head, uncovering, head.tokens) : head;
  const replaced = replaceItems(told, [item]);
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
      ...(uncovering ? { deleteSummaries: uncovering.covering.map(({ id }) => id) } : {}),
    },
  };
}
