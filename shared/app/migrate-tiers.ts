import type { SessionHead } from '../domain/head.ts';
import type { SessionRef } from '../domain/ids.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { addCounts, hasMoved, type MigrationCounts, NOTHING_MOVED } from '../domain/migration.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
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
  readonly migrateSession: (session: SessionRef, deadline: Deadline) => Promise<MigrationCounts>;
  /** What that would move. */
  readonly previewMigration: (session: SessionRef) => Promise<MigrationCounts>;
  /** Asks for a summary unless one is on its way. */
  readonly requestSummary: (head: SessionHead) => Promise<void>;
  /** Writes counted accesses down first, so that what is read often stays. */
  readonly flushAccesses: () => Promise<{
    readonly counts: MigrationCounts;
    readonly sessions: number;
  }>;
}

interface Progress {
  sessions: number;
  counts: MigrationCounts;
  readonly failed: Set<string>;
}

const SESSIONS_AT_ONCE = 50;

/**
 * Migrates every session that is due, longest due first, until none is or time is nearly up; what
 * is left is handed on by event. A session that fails is left for the next run and stops no other.
 */
export async function migrateTiers(
  deps: MigrateTiersDeps,
  { dryRun, deadline }: { readonly dryRun: boolean; readonly deadline: Deadline },
): Promise<MigrationReport> {
  const startedAtMs = deps.clock.now();
  const progress: Progress = { sessions: 0, counts: NOTHING_MOVED, failed: new Set() };
  if (dryRun) await preview(deps, progress, deadline);
  else {
    const flushed = await deps.flushAccesses();
    progress.counts = flushed.counts;
    progress.sessions = flushed.sessions;
    await migrateDue(deps, progress, deadline);
    await repeatSummaryRequests(deps);
  }
  const remaining = dryRun ? 0 : await deps.index.countDue('tier', deps.clock.now());
  if (remaining > 0) await handOn(deps);
  const durationMs = deps.clock.now() - startedAtMs;
  return { sessions: progress.sessions, ...progress.counts, durationMs, remaining };
}

async function migrateDue(
  deps: MigrateTiersDeps,
  progress: Progress,
  deadline: Deadline,
): Promise<void> {
  while (!deadline.isNear()) {
    const due = await nextDue(deps, progress);
    if (due.length === 0) return;
    for (const session of due) {
      if (deadline.isNear()) return;
      await migrateOne(deps, progress, session, deadline);
    }
  }
}

/** Sessions that are due and did not fail in this run. */
async function nextDue(
  { index, clock }: MigrateTiersDeps,
  { failed }: Progress,
): Promise<readonly DueSession[]> {
  const due = await index.listDue('tier', clock.now(), SESSIONS_AT_ONCE + failed.size);
  return due.filter((session) => !failed.has(sessionKeyOf(session)));
}

async function migrateOne(
  { migrateSession, log }: MigrateTiersDeps,
  progress: Progress,
  session: SessionRef,
  deadline: Deadline,
): Promise<void> {
  try {
    const counts = await migrateSession(session, deadline);
    if (hasMoved(counts)) progress.sessions++;
    progress.counts = addCounts(progress.counts, counts);
  } catch (error) {
    const sessionKey = sessionKeyOf(session);
    progress.failed.add(sessionKey);
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

async function handOn({ index, bus, clock }: MigrateTiersDeps): Promise<void> {
  const due = await index.listDue('tier', clock.now(), SESSIONS_AT_ONCE);
  await bus.publish(due.map((session) => migrateMessage(session, sessionKeyOf(session))));
}

/** A summary that was asked for and never came is asked for again: the event may be lost. */
async function repeatSummaryRequests({
  index,
  store,
  clock,
  requestSummary,
}: MigrateTiersDeps): Promise<void> {
  const due = await index.listDue('summary', clock.now(), SESSIONS_AT_ONCE);
  for (const session of due) {
    const head = await store.loadHead(sessionKeyOf(session));
    if (head) await requestSummary(head);
  }
}
