import type { MigrationPolicy } from '../domain/migration.ts';
import { decidePatch } from '../domain/patch.ts';
import type { Clock } from '../kernel/clock.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { Turns } from '../kernel/turns.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { findItem, sessionOf } from './find-item.ts';
import type { ItemPatch, ItemView } from './memory.ts';
import { viewOf } from './timeline.ts';

export interface PatchDeps {
  readonly store: SessionStore;
  /** Of the sessions that are written to. */
  readonly turns: Turns;
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly options: MigrationPolicy;
}

/** Changes an item's pin or metadata. @throws AppError `not-found`. */
export function patchItem(
  { store, turns, accessLog, clock, options }: PatchDeps,
  id: string,
  patch: ItemPatch,
  owner?: string,
): Promise<ItemView> {
  const attempt = async () => {
    const nowMs = clock.now();
    const found = await findItem(store, id, owner);
    const { change, item } = decidePatch({ ...found, ...patch, nowMs, policy: options });
    await store.commit(change);
    const pending = accessLog.pending(found.head.sessionKey, item.seq);
    return viewOf(found.head, item, pending, nowMs, options);
  };
  return turns.take(sessionOf(id), () => retryAborted(attempt));
}
