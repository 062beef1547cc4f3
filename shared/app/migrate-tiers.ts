import type { SessionHead } from '../domain/head.ts';
import type { SessionRef } from '../domain/ids.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { addCounts, hasMoved, type MigrationCounts, NOTHING_MOVED } from '../domain/migration.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import { forEachAtOnce } from '../kernel/for-each.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { DueSession, SessionIndex } from '../ports/session-index.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { MigrationReport } from './memory.ts';
import { migrateMessage } from './messages.ts';

export interface MigrateTiersDeps {
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
  /** Moves what is due in one session. */
  readonly migrateSession: (
    session: SessionRef,
    deadline: Deadline,
  ) => Promise<MigrationCounts & { readonly isDone: boolean }>;
  /** What that would move. */
  readonly previewMigration: (session: SessionRef) => Promise<MigrationCounts>;
  /** Asks for a summary unless one is on its way. */
  readonly requestSummary: (head: SessionHead) => Promise<void>;
  /** Writes counted accesses down first, so that what is read often stays. */
  readonly flushAccesses: () => Promise<{
    readonly counts: MigrationCounts;
    readonly sessions: number;
  }>;
  /**
   * Where commands reach other processes: takes a session for this one, and hands all that is due
   * to the others. Absent where one process does all the work.
   */
  readonly fanOut?: {
    readonly lease: (session: SessionRef) => Promise<boolean>;
    readonly dispatch: (deadline: Deadline) => Promise<number>;
  };
}

interface Progress {
  sessions: number;
  counts: MigrationCounts;
  /** Sessions that are leased, by us or for others, and not done. */
  leased: number;
  /** Sessions that this run leaves alone: they passed, or somebody else has them. */
  readonly passed: Set<string>;
}

const SESSIONS_AT_ONCE = 50;
/** Sessions that are migrated while others wait for the store. */
const SIDE_BY_SIDE = 4;
/** Up to this many due sessions are quicker done here than handed out. */
const FAN_OUT_FROM_SESSIONS = 200;
const MAX_SUMMARY_REQUESTS = 5_000;

/**
 * Migrates every session that is due, longest due first, until none is or time is nearly up; what
 * is left is handed on by event, and so is all of it at once when many are due and other processes
 * can help. A session that fails is left for the next run and stops no other.
 */
export async function migrateTiers(
  deps: MigrateTiersDeps,
  { dryRun, deadline }: { readonly dryRun: boolean; readonly deadline: Deadline },
): Promise<MigrationReport> {
  const startedAtMs = deps.clock.now();
  const progress: Progress = {
    ...{ sessions: 0, counts: NOTHING_MOVED, leased: 0 },
    passed: new Set(),
  };
  if (dryRun) await preview(deps, progress, deadline);
  else {
    const flushed = await deps.flushAccesses();
    progress.counts = flushed.counts;
    progress.sessions = flushed.sessions;
    // With many due this hands out all of them, and leaves nothing to do here.
    if (await isMuch(deps)) await handOn(deps, progress, deadline);
    await migrateDue(deps, progress, deadline);
    await repeatSummaryRequests(deps, deadline);
  }
  const remaining = dryRun ? 0 : await handOnRest(deps, progress, deadline);
  const durationMs = deps.clock.now() - startedAtMs;
  return { sessions: progress.sessions, ...progress.counts, durationMs, remaining };
}

/** @returns how many sessions are not done. */
async function handOnRest(
  deps: MigrateTiersDeps,
  progress: Progress,
  deadline: Deadline,
): Promise<number> {
  const { index, clock } = deps;
  const countDue = () => index.countDue('tier', clock.now());
  const due = await countDue();
  if (due === 0) return progress.leased;
  await handOn(deps, progress, deadline);
  // What could be leased is no longer due.
  return deps.fanOut ? progress.leased + (await countDue()) : due;
}

const isMuch = async ({ fanOut, index, clock }: MigrateTiersDeps): Promise<boolean> =>
  fanOut !== undefined && (await index.countDue('tier', clock.now())) > FAN_OUT_FROM_SESSIONS;

async function migrateDue(
  deps: MigrateTiersDeps,
  progress: Progress,
  deadline: Deadline,
): Promise<void> {
  while (!deadline.isNear()) {
    const due = await nextDue(deps, progress);
    if (due.length === 0) return;
    await forEachAtOnce(due, SIDE_BY_SIDE, async (session) => {
      if (!deadline.isNear()) await migrateOne(deps, progress, session, deadline);
    });
  }
}

/** Sessions that are due and that this run does not leave alone. */
async function nextDue(
  { index, clock }: MigrateTiersDeps,
  { passed }: Progress,
): Promise<readonly DueSession[]> {
  const due = await index.listDue('tier', clock.now(), SESSIONS_AT_ONCE + passed.size);
  return due.filter((session) => !passed.has(sessionKeyOf(session)));
}

async function migrateOne(
  { migrateSession, fanOut, log }: MigrateTiersDeps,
  progress: Progress,
  session: SessionRef,
  deadline: Deadline,
): Promise<void> {
  const sessionKey = sessionKeyOf(session);
  try {
    if (fanOut && !(await fanOut.lease(session))) {
      progress.passed.add(sessionKey);
      return;
    }
    const { isDone, ...counts } = await migrateSession(session, deadline);
    if (hasMoved(counts)) progress.sessions++;
    if (fanOut && !isDone) progress.leased++;
    progress.counts = addCounts(progress.counts, counts);
  } catch (error) {
    if (fanOut) progress.leased++;
    progress.passed.add(sessionKey);
    log.error('A session was not migrated; the next run tries again', { sessionKey, error });
  }
}

async function preview(
  { index, clock, previewMigration }: MigrateTiersDeps,
  progress: Progress,
  deadline: Deadline,
): Promise<void> {
  const due = await index.listDue('tier', clock.now(), Number.MAX_SAFE_INTEGER);
  for (const session of due) {
    if (deadline.isNear()) return;
    const counts = await previewMigration(session);
    if (hasMoved(counts)) progress.sessions++;
    progress.counts = addCounts(progress.counts, counts);
  }
}

async function handOn(
  { index, bus, clock, fanOut }: MigrateTiersDeps,
  progress: Progress,
  deadline: Deadline,
): Promise<void> {
  if (fanOut) {
    progress.leased += await fanOut.dispatch(deadline);
    return;
  }
  const due = await index.listDue('tier', clock.now(), SESSIONS_AT_ONCE);
  await bus.publish(due.map((session) => migrateMessage(session, sessionKeyOf(session))));
}

/** A summary that was asked for and never came is asked for again: the event may be lost. */
async function repeatSummaryRequests(
  { index, store, clock, requestSummary }: MigrateTiersDeps,
  deadline: Deadline,
): Promise<void> {
  const seen = new Set<string>();
  do {
    const limit = SESSIONS_AT_ONCE + seen.size;
    const due = (await index.listDue('summary', clock.now(), limit)).map(sessionKeyOf);
    const unseen = due.filter((key) => !seen.has(key));
    if (unseen.length === 0) return;
    for (const key of unseen) {
      seen.add(key);
      const head = await store.loadHead(key);
      if (head) await requestSummary(head);
    }
  } while (!deadline.isNear() && seen.size < MAX_SUMMARY_REQUESTS);
}
