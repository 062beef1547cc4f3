import { type AppendLimits, needsSummary } from '../domain/append-change.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import type { MigrationPolicy } from '../domain/migration.ts';
import { decideRemoval } from '../domain/removal.ts';
import type { Clock } from '../kernel/clock.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { findItem, type ItemWriteDeps, writeItem } from './find-item.ts';
import { eventMessage, summarizeMessage } from './messages.ts';
import { readUncovering } from './read-uncovering.ts';

export interface DeleteItemDeps extends AnnounceDeps, ItemWriteDeps {
  readonly clock: Clock;
  readonly options: MigrationPolicy & AppendLimits;
}

/**
 * Deletes an item from its tier, from the head, and from every summary that covered it: those are
 * dropped at once, and a new one is asked for. @throws AppError `not-found`.
 */
export async function deleteItem(deps: DeleteItemDeps, id: string, owner?: string): Promise<void> {
  const { store, clock, options, meter } = deps;
  const attempt = async () => {
    const { head, item, segment } = await findItem(store, id, owner);
    const key = head.sessionKey;
    const uncovering = await readUncovering(store, { head, item });
    const nowMs = clock.now();
    const removal = { head, item, segment, ...uncovering, nowMs, policy: options };
    const change = decideRemoval(removal);
    await store.commit(change);
    meter.count(METRICS.itemsDeleted);
    const { userId, sessionId } = head;
    const messages = [
      eventMessage(key, { type: 'item.deleted', userId, sessionId, itemId: id }),
      ...(needsSummary(change.head, options) ? [summarizeMessage(head, key)] : []),
    ];
    return { key, messages };
  };
  const { key, messages } = await writeItem(deps, { id, owner, attempt });
  await announce(deps, key, messages);
}
