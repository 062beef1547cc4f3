import { earliest } from '../domain/append-change.ts';
import type { SessionChange } from '../domain/change.ts';
import type { SessionHead } from '../domain/head.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { NO_RELIEF, type Relief } from '../domain/metrics/relief.ts';
import {
  addCounts,
  decideDemotion,
  type MigrationCounts,
  type MigrationPolicy,
  NOTHING_MOVED,
  withDue,
} from '../domain/migration.ts';
import { pageItems, stepsOf } from '../domain/migration-steps.ts';
import { expiryDueAtMs } from '../domain/retention.ts';
import type { Segment } from '../domain/segment.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import type { Meter } from '../ports/meter.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { neighboursOf } from './segment-neighbours.ts';

export interface MigratePageDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly options: MigrationPolicy;
  /** See `MigrateDeps`. */
  readonly leaseMs: number;
  /** Makes pages smaller while the process is under pressure. */
  readonly relief?: Relief;
}

export interface SessionMigration extends MigrationCounts {
  /** Nothing is due any more, or somebody else has it; else time was up, or there is more to read. */
  readonly isDone: boolean;
}

/** Due items of one session, read together with its head. */
interface Page {
  readonly head: SessionHead;
  readonly due: readonly StoredItem[];
  /** Of the items that are not among `due`. */
  readonly nextDueAtMs: number | undefined;
  readonly nowMs: number;
  /** There may be more that is due. */
  readonly isFull: boolean;
}

const NOTHING_LEFT: SessionMigration = { ...NOTHING_MOVED, isDone: true };

/**
 * One read of due items, and the commits that follow from it. While there is more to do than one
 * commit, each of them leases the session on.
 *
 * @param isHeld whether the session is leased for whoever asks; else one that is not due, or that
 *   somebody else has leased, is left alone.
 * @throws AppError `aborted` when another change won before anything was moved.
 */
export async function migratePage(
  deps: MigratePageDeps,
  key: SessionKey,
  deadline: Deadline,
  isHeld: boolean,
): Promise<SessionMigration> {
  const nowMs = deps.clock.now();
  const head = await deps.store.loadHead(key);
  if (!head || !(isHeld || isFree(head, nowMs))) return NOTHING_LEFT;
  const { relief = NO_RELIEF } = deps;
  const limit = relief.batchOf(pageItems(head));
  const itemCount = head.tiers.hot.items + head.tiers.warm.items;
  const query = { nowMs, fromSeq: 1, limit, itemCount };
  const { items: due, nextDueAtMs } = await deps.store.readDue(key, query);
  const page = {
    head,
    due,
    nextDueAtMs,
    nowMs,
    isFull: due.length === limit && due.length < itemCount,
  };
  if (due.length > 0) return moveStepwise(deps, page, deadline);
  await settleDue(deps, page);
  return NOTHING_LEFT;
}

const isFree = ({ dueAtMs }: SessionHead, nowMs: number): boolean =>
  dueAtMs !== undefined && dueAtMs <= nowMs;

/** Every commit is decided on the head that the one before wrote: nothing is read again for it. */
async function moveStepwise(
  deps: MigratePageDeps,
  page: Page,
  deadline: Deadline,
): Promise<SessionMigration> {
  const { nowMs } = page;
  let { head, nextDueAtMs } = page;
  let total = NOTHING_MOVED;
  let written: readonly Segment[] = [];
  const steps = stepsOf(page.due);
  for (const [index, items] of steps.entries()) {
    if (index > 0 && deadline.isNear()) return { ...total, isDone: false };
    const next = steps[index + 1]?.[0];
    const neighbours = await neighboursOf(deps.store, { head, items, next, written });
    const step = { head, due: items, neighbours, nextDueAtMs, nowMs, policy: deps.options };
    const { change, counts } = decideDemotion(step);
    const isLast = !next && !page.isFull;
    const after = isLast ? change : stayingDue(change, nowMs + deps.leaseMs);
    if (!(await isCommitted(deps.store, after, index > 0))) return { ...total, isDone: false };
    count(deps.meter, counts);
    total = addCounts(total, counts);
    head = after.head;
    written = change.putSegments ?? [];
    nextDueAtMs = earliest([nextDueAtMs, ...(change.putItems ?? []).map(({ dueAtMs }) => dueAtMs)]);
  }
  return { ...total, isDone: !page.isFull };
}

/** While there is more the head stays due, or leased. */
const stayingDue = (change: SessionChange, dueAtMs: number): SessionChange => ({
  ...change,
  head: { ...change.head, dueAtMs },
});

/** False: another change won, and the items have to be read again. What was moved before is moved. */
async function isCommitted(
  store: SessionStore,
  change: SessionChange,
  hasMovedSome: boolean,
): Promise<boolean> {
  try {
    await store.commit(change);
    return true;
  } catch (thrown) {
    if (hasMovedSome && AppError.from(thrown).code === 'aborted') return false;
    throw thrown;
  }
}

/** A head that was due, or leased, without an item that is: its date is set to what comes next. */
async function settleDue(
  { store, leaseMs, options }: MigratePageDeps,
  { head, nextDueAtMs, nowMs }: Page,
): Promise<void> {
  const { sessionKey, version, dueAtMs } = head;
  if (dueAtMs === undefined || dueAtMs > nowMs + leaseMs) return;
  const next = earliest([nextDueAtMs, expiryDueAtMs(head, options)]);
  const settled = withDue(head, next, { nowMs, policy: options });
  if (settled.dueAtMs === dueAtMs) return;
  await store.commit({ sessionKey, expectedVersion: version, head: settled });
}

function count(meter: Meter, counts: MigrationCounts): void {
  const { itemsMigrated } = METRICS;
  meter.count(itemsMigrated, counts.hotToWarm, { direction: 'hot-to-warm' });
  meter.count(itemsMigrated, counts.warmToCold, { direction: 'warm-to-cold' });
  meter.count(itemsMigrated, counts.coldToWarm, { direction: 'cold-to-warm' });
  meter.count(itemsMigrated, counts.toHot, { direction: 'to-hot' });
  meter.count(METRICS.segmentsWritten, counts.segmentsWritten);
}
