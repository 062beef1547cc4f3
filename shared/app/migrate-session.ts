import type { SessionHead } from '../domain/head.ts';
import { type SessionKey, type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { NO_RELIEF, type Relief } from '../domain/metrics/relief.ts';
import {
  addCounts,
  decideDemotion,
  hasMoved,
  type MigrationCounts,
  type MigrationPolicy,
  NOTHING_MOVED,
  SEGMENT_MAX_ITEMS,
  withDue,
  withinStep,
} from '../domain/migration.ts';
import type { Segment } from '../domain/segment.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import type { Meter } from '../ports/meter.ts';
import type { LogQuery, SessionStore } from '../ports/session-store.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { eventMessage, migrateMessage } from './messages.ts';

export interface MigrateDeps extends AnnounceDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly options: MigrationPolicy;
  /**
   * How long a session stays out of everybody's list while it is worked on, in milliseconds; 0
   * where one process does all the work. See `lease-session.ts`.
   */
  readonly leaseMs: number;
  /** Makes steps smaller while the process is under pressure. */
  readonly relief?: Relief;
}

export interface SessionMigration extends MigrationCounts {
  /** Nothing is due any more; else time was up. */
  readonly isDone: boolean;
}

/**
 * Moves what is due in one session, one commit per segment, until nothing is or time is up. Each
 * step is complete in itself: stopped anywhere, the next run goes on from there. With a lease the
 * rest is handed on by event.
 */
export async function migrateSession(
  deps: MigrateDeps,
  session: SessionRef,
  deadline: Deadline,
): Promise<SessionMigration> {
  const key = sessionKeyOf(session);
  let total = NOTHING_MOVED;
  let isDone = false;
  while (!isDone && !deadline.isNear()) {
    const step = await retryAborted(() => migrateStep(deps, key));
    isDone = step === undefined;
    if (step) total = addCounts(total, step);
  }
  if (hasMoved(total)) await announce(deps, key, [movedMessage(session, key, total)]);
  // Without progress it would be handed on for ever; the lease runs out by itself.
  const goesOn = !isDone && hasMoved(total) && deps.leaseMs > 0;
  if (goesOn) await deps.bus.publish([migrateMessage(session, key)]);
  return { ...total, isDone };
}

/** What a migration would move now; changes nothing. */
export async function previewMigration(
  { store, clock, options }: Pick<MigrateDeps, 'store' | 'clock' | 'options'>,
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
    const step = { head, due, neighbours: [], nextDueAtMs, nowMs, policy: options };
    total = addCounts(total, decideDemotion(step).counts);
    fromSeq = last.seq + 1;
  }
  return total;
}

/** One commit; `undefined` when nothing is due any more. */
async function migrateStep(
  { store, clock, meter, options, leaseMs, relief = NO_RELIEF }: MigrateDeps,
  key: SessionKey,
): Promise<MigrationCounts | undefined> {
  const nowMs = clock.now();
  const head = await store.loadHead(key);
  if (!head) return undefined;
  const limit = relief.batchOf(SEGMENT_MAX_ITEMS);
  const { items, nextDueAtMs } = await store.readDue(key, { nowMs, fromSeq: 1, limit });
  const due = withinStep(items);
  if (due.length === 0) {
    await settleDue(store, head, { nextDueAtMs, nowMs, leaseMs });
    return undefined;
  }
  const neighbours = await neighboursOf(store, key, due);
  const step = { head, due, neighbours, nextDueAtMs, nowMs, policy: options };
  const { change, counts } = decideDemotion(step);
  // With a full page there may be more: the head stays due, or leased, until a step finds nothing.
  const isFull = items.length === limit || due.length < items.length;
  const after = isFull ? { ...change, head: { ...change.head, dueAtMs: nowMs + leaseMs } } : change;
  await store.commit(after);
  count(meter, counts);
  return counts;
}

interface Due {
  readonly nextDueAtMs: number | undefined;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/** A head that was due, or leased, without an item that is: its date is set to what comes next. */
async function settleDue(
  store: SessionStore,
  head: SessionHead,
  { nextDueAtMs, nowMs, leaseMs }: Due,
): Promise<void> {
  const { sessionKey, version, dueAtMs } = head;
  if (dueAtMs === undefined || dueAtMs > nowMs + leaseMs) return;
  const settled = withDue(head, nextDueAtMs, nowMs);
  if (settled.dueAtMs === dueAtMs) return;
  await store.commit({ sessionKey, expectedVersion: version, head: settled });
}

/** The segments that hold the live items just before and just after these, where those are cold. */
async function neighboursOf(
  store: SessionStore,
  key: SessionKey,
  due: readonly StoredItem[],
): Promise<readonly Segment[]> {
  const firstSeq = due[0]?.seq ?? 1;
  const lastSeq = due.at(-1)?.seq ?? 1;
  const found = await Promise.all([
    segmentNextTo(store, key, { fromSeq: firstSeq - 1, order: 'desc', limit: 1 }),
    segmentNextTo(store, key, { fromSeq: lastSeq + 1, order: 'asc', limit: 1 }),
  ]);
  const byFirstSeq = new Map(found.flat().map((segment) => [segment.firstSeq, segment]));
  return [...byFirstSeq.values()];
}

async function segmentNextTo(
  store: SessionStore,
  key: SessionKey,
  query: LogQuery,
): Promise<readonly Segment[]> {
  if (query.fromSeq < 1) return [];
  const { items, segments } = await store.readLog(key, query);
  // An item in `items/` that is nearer than the segment comes alone.
  return items.length === 0 ? segments.slice(0, 1) : [];
}

function count(meter: Meter, counts: MigrationCounts): void {
  const { itemsMigrated } = METRICS;
  meter.count(itemsMigrated, counts.hotToWarm, { direction: 'hot-to-warm' });
  meter.count(itemsMigrated, counts.warmToCold, { direction: 'warm-to-cold' });
  meter.count(itemsMigrated, counts.coldToWarm, { direction: 'cold-to-warm' });
  meter.count(itemsMigrated, counts.toHot, { direction: 'to-hot' });
  meter.count(METRICS.segmentsWritten, counts.segmentsWritten);
}

function movedMessage(
  { userId, sessionId }: SessionRef,
  key: SessionKey,
  { hotToWarm, warmToCold, coldToWarm }: MigrationCounts,
): BusMessage {
  const moved = { hotToWarm, warmToCold, coldToWarm };
  return eventMessage(key, { type: 'session.migrated', userId, sessionId, ...moved });
}
