import { type SessionKey, type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import {
  addCounts,
  decideDemotion,
  hasMoved,
  type MigrationCounts,
  NOTHING_MOVED,
  SEGMENT_MAX_ITEMS,
} from '../domain/migration.ts';
import { addAccesses } from '../domain/tier-policy.ts';
import type { Deadline } from '../kernel/deadline.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { eventMessage, migrateMessage } from './messages.ts';
import { type MigratePageDeps, migratePage, type SessionMigration } from './migrate-page.ts';

interface PreviewDeps extends Pick<MigrateDeps, 'store' | 'clock' | 'options'> {
  readonly accessLog: Pick<AccessLog, 'pending'>;
}

export interface MigrateDeps extends AnnounceDeps, MigratePageDeps {
  /**
   * How long a session stays out of everybody's list while it is worked on, in milliseconds; 0
   * where one process does all the work. See `lease-session.ts`.
   */
  readonly leaseMs: number;
}

/**
 * Moves what is due in one session, a few hundred items with each commit, until nothing is or time
 * is up. Each step is complete in itself: stopped anywhere, the next run goes on from there. Where
 * work is shared the rest is handed on by event.
 *
 * @param isLeased whether the session is leased for this: a command is about one that is. Else the
 *   first commit takes it, and what somebody else has leased is left alone.
 */
export async function migrateSession(
  deps: MigrateDeps,
  session: SessionRef,
  deadline: Deadline,
  { isLeased = true }: { readonly isLeased?: boolean } = {},
): Promise<SessionMigration> {
  const key = sessionKeyOf(session);
  let total = NOTHING_MOVED;
  let isDone = false;
  let isHeld = isLeased;
  while (!isDone && !deadline.isNear()) {
    const page = await retryAborted(() => migratePage(deps, key, deadline, isHeld));
    isHeld = true;
    isDone = page.isDone;
    total = addCounts(total, page);
  }
  if (hasMoved(total)) await announce(deps, key, [movedMessage(session, key, total)]);
  // Without progress it would be handed on for ever; the lease runs out by itself.
  const goesOn = !isDone && hasMoved(total) && deps.leaseMs > 0;
  if (goesOn) await deps.bus.publish([migrateMessage(session, key)]);
  return { ...total, isDone };
}

/**
 * What a migration would move down now, counting accesses that are not written down yet; changes
 * nothing.
 */
export async function previewMigration(
  { store, accessLog, clock, options }: PreviewDeps,
  session: SessionRef,
): Promise<MigrationCounts> {
  const key = sessionKeyOf(session);
  const nowMs = clock.now();
  const head = await store.loadHead(key);
  let total = NOTHING_MOVED;
  for (let fromSeq = 1; head; ) {
    const query = { nowMs, fromSeq, limit: SEGMENT_MAX_ITEMS };
    const { items: due, nextDueAtMs } = await store.readDue(key, query);
    const last = due.at(-1);
    if (!last) break;
    const read = due.map((item) => {
      const added = accessLog.pending(key, item.seq);
      return { ...item, accesses: addAccesses(item.accesses, added, nowMs, options) };
    });
    const step = { head, due: read, neighbours: [], nextDueAtMs, nowMs, policy: options };
    total = addCounts(total, decideDemotion(step).counts);
    fromSeq = last.seq + 1;
  }
  return total;
}

function movedMessage(
  { userId, sessionId }: SessionRef,
  key: SessionKey,
  { hotToWarm, warmToCold, coldToWarm }: MigrationCounts,
): BusMessage {
  const moved = { hotToWarm, warmToCold, coldToWarm };
  return eventMessage(key, { type: 'session.migrated', userId, sessionId, ...moved });
}
