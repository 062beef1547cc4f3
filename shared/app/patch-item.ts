import { type AppendLimits, needsSummary } from '../domain/append-change.ts';
import type { MigrationPolicy } from '../domain/migration.ts';
import { decidePatch, losesSummary } from '../domain/patch.ts';
import type { Clock } from '../kernel/clock.ts';
import type { AccessLog } from '../ports/access-log.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { findItem, type ItemWriteDeps, writeItem } from './find-item.ts';
import type { ItemPatch, ItemView } from './memory.ts';
import { summarizeMessage } from './messages.ts';
import { readUncovering } from './read-uncovering.ts';
import { viewOf } from './timeline.ts';

export interface PatchDeps extends AnnounceDeps, ItemWriteDeps {
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly options: MigrationPolicy & AppendLimits;
}

/**
 * Changes an item's pin or metadata. A summary that left out what was pinned is dropped with the pin,
 * and a new one is asked for. @throws AppError `not-found`.
 */
export async function patchItem(
  deps: PatchDeps,
  id: string,
  patch: ItemPatch,
  owner?: string,
): Promise<ItemView> {
  const { store, accessLog, clock, options } = deps;
  const attempt = async () => {
    const nowMs = clock.now();
    const found = await findItem(store, id, owner);
    const isLost = losesSummary(found.head, found.item, patch);
    const uncovering = isLost ? await readUncovering(store, found) : undefined;
    const { change, item } = decidePatch({
      ...found,
      ...patch,
      uncovering,
      nowMs,
      policy: options,
    });
    await store.commit(change);
    const wantsSummary = isLost && needsSummary(change.head, options);
    return { head: change.head, item, wantsSummary, nowMs };
  };
  const { head, item, wantsSummary, nowMs } = await writeItem(deps, { id, owner, attempt });
  if (wantsSummary)
    await announce(deps, head.sessionKey, [summarizeMessage(head, head.sessionKey)]);
  const pending = accessLog.pending(head.sessionKey, item.seq);
  return viewOf(head, item, pending, nowMs, options);
}
