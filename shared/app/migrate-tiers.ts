import type { SessionHead } from '../domain/head.ts';
import type { SessionRef } from '../domain/ids.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { addCounts, hasMoved, type MigrationCounts, NOTHING_MOVED } from '../domain/migration.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import { forEachAtOnce } from '../kernel/for-each.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { DueSession, SessionIndex } from '../ports/session-index.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { MigrateTiersOptions, MigrationReport } from './memory.ts';
import { migrateMessage, migrateShardMessage } from './messages.ts';

export interface MigrateTiersDeps {
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
  /** Moves what is due in one session, unless somebody else has leased it. */
  readonly migrateSession: (
    session: SessionRef,
    deadline: Deadline,
  ) => Promise<MigrationCounts & { readonly isDone: boolean }>;
  /** What that would move. */
  readonly previewMigration: (session: SessionRef) => Promise<MigrationCounts>;
  /** What `flushAccesses` would move. */
  readonly previewFlush: (deadline: Deadline) => Promise<Promoted>;
  /** Asks for a summary unless one is on its way. */
  readonly requestSummary: (head: SessionHead) => Promise<void>;
  /** Finds sessions of before the default retention. */
  readonly sweepRetention: (deadline: Deadline) => Promise<void>;
  readonly deadLetters: Pick<DeadLetters, 'deleteExpired'>;
  /** Writes counted accesses down first, so that what is read often stays. */
  readonly flushAccesses: () => Promise<Promoted>;
  /**
   * Where commands reach other processes: keeps a session from all of them for a while, and hands
   * all that is due to them. Absent where one process does all the work.
   */
  readonly fanOut?: {
    readonly lease: (session: SessionRef) => Promise<boolean>;
    readonly dispatch: (deadline: Deadline, shard?: number) => Promise<number>;
  };
}

/** What moved up, and in how many sessions. */
interface Promoted {
  readonly counts: MigrationCounts;
  readonly sessions: number;
}

interface Progress {
  /** Only sessions of this shard; absent: all. */
  readonly shard: number | undefined;
  sessions: number;
  counts: MigrationCounts;
  /** Sessions that are leased, by us or for others, and not done. */
  leased: number;
  /** Sessions that this run leaves alone: they failed, or had nothing to move. */
  readonly passed: Set<string>;
}

/** Sessions that are due, and whether they are all of them. */
interface DuePage {
  readonly sessions: readonly DueSession[];
  readonly isLast: boolean;
}

const SESSIONS_AT_ONCE = 50;
/** Sessions that are migrated while others wait for the store. */
const SIDE_BY_SIDE = 8;
/** Up to this many due sessions are quicker done here than handed out. */
const FAN_OUT_FROM_SESSIONS = 200;
const MAX_SUMMARY_REQUESTS = 5_000;

/**
 * Migrates every session that is due, those first that are for longest, until none is or time is
 * nearly up; what is left is handed on by event, and so is all of it at once when many are due and
 * other processes can help: by session, or by shard when handing out is itself too much for one. A
 * session that fails is left for the next run and stops no other.
 */
export async function migrateTiers(
  deps: MigrateTiersDeps,
  { dryRun, deadline, shard }: MigrateTiersOptions,
): Promise<MigrationReport> {
  const startedAtMs = deps.clock.now();
  const progress: Progress = {
    ...{ shard, sessions: 0, counts: NOTHING_MOVED, leased: 0 },
    passed: new Set(),
  };
  let remaining = 0;
  if (dryRun) {
    begin(progress, await deps.previewFlush(deadline));
    await preview(deps, progress, deadline);
  } else if (shard === undefined) {
    begin(progress, await deps.flushAccesses());
    await deps.sweepRetention(deadline);
    remaining = await migrateAll(deps, progress, deadline);
    await repeatSummaryRequests(deps, deadline);
    await deps.deadLetters.deleteExpired();
  } else remaining = await migrateAll(deps, progress, deadline);
  const durationMs = deps.clock.now() - startedAtMs;
  return { sessions: progress.sessions, ...progress.counts, durationMs, remaining };
}

/** What came back first, because it was read often. */
function begin(progress: Progress, { counts, sessions }: Promoted): void {
  progress.counts = counts;
  progress.sessions = sessions;
}

/** @returns how many sessions are not done. */
async function migrateAll(
  deps: MigrateTiersDeps,
  progress: Progress,
  deadline: Deadline,
): Promise<number> {
  let first = await nextDue(deps, progress);
  // Counting costs the more, the more there is; a few sessions need no count.
  if (deps.fanOut && !first.isLast) {
    const due = await countDue(deps, progress);
    if (await isHandedOutByShard(deps, progress, due)) return due;
    if (due > FAN_OUT_FROM_SESSIONS) {
      // This hands out all of them; what is left is what could not be.
      await handOn(deps, progress, deadline);
      first = await nextDue(deps, progress);
    }
  }
  if (await migrateDue(deps, progress, first, deadline)) return progress.leased;
  const due = await countDue(deps, progress);
  if (due === 0) return progress.leased;
  await handOn(deps, progress, deadline);
  // What could be leased is no longer due.
  return deps.fanOut ? progress.leased + (await countDue(deps, progress)) : due;
}

/** Publishes a message for each shard where more is due than one instance should even hand out. */
async function isHandedOutByShard(
  { index, bus }: MigrateTiersDeps,
  { shard }: Progress,
  due: number,
): Promise<boolean> {
  const { shards } = index;
  if (shard !== undefined || shards < 2 || due <= shards * FAN_OUT_FROM_SESSIONS) return false;
  await bus.publish(Array.from({ length: shards }, (_, one) => migrateShardMessage(one)));
  return true;
}

const countDue = ({ index, clock }: MigrateTiersDeps, { shard }: Progress): Promise<number> =>
  index.countDue('tier', clock.now(), shard);

/** @returns whether nothing that was due is left. */
async function migrateDue(
  deps: MigrateTiersDeps,
  progress: Progress,
  first: DuePage,
  deadline: Deadline,
): Promise<boolean> {
  for (let page = first; !deadline.isNear(); page = await nextDue(deps, progress)) {
    let isDone = true;
    await forEachAtOnce(page.sessions, SIDE_BY_SIDE, async (session) => {
      if (deadline.isNear() || !(await isMigrated(deps, progress, session, deadline)))
        isDone = false;
    });
    if (page.isLast) return isDone;
  }
  return false;
}

/** Sessions that are due and that this run does not leave alone. */
async function nextDue(
  { index, clock, fanOut }: MigrateTiersDeps,
  { shard, passed }: Progress,
): Promise<DuePage> {
  const limit = SESSIONS_AT_ONCE + passed.size;
  const due = await index.listDue('tier', { nowMs: clock.now(), limit, shard });
  const sessions = due.filter((session) => !passed.has(sessionKeyOf(session)));
  // Runs at the same time would go through the same list in step, and do everything twice.
  const start = fanOut ? Math.floor(Math.random() * sessions.length) : 0;
  return {
    sessions: [...sessions.slice(start), ...sessions.slice(0, start)],
    isLast: due.length < limit,
  };
}

/** @returns whether nothing of it is due any more. */
async function isMigrated(
  { migrateSession, fanOut, log }: MigrateTiersDeps,
  progress: Progress,
  session: SessionRef,
  deadline: Deadline,
): Promise<boolean> {
  const sessionKey = sessionKeyOf(session);
  try {
    const { isDone, ...counts } = await migrateSession(session, deadline);
    if (hasMoved(counts)) progress.sessions++;
    else progress.passed.add(sessionKey);
    if (fanOut && !isDone) progress.leased++;
    progress.counts = addCounts(progress.counts, counts);
    return isDone;
  } catch (error) {
    progress.passed.add(sessionKey);
    log.error('A session was not migrated; the next run tries again', { sessionKey, error });
    if (await fanOut?.lease(session).catch(() => false)) progress.leased++;
    return false;
  }
}

async function preview(
  { index, clock, previewMigration }: MigrateTiersDeps,
  progress: Progress,
  deadline: Deadline,
): Promise<void> {
  const limit = Number.MAX_SAFE_INTEGER;
  const due = await index.listDue('tier', { nowMs: clock.now(), limit, shard: progress.shard });
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
    progress.leased += await fanOut.dispatch(deadline, progress.shard);
    return;
  }
  const query = { nowMs: clock.now(), limit: SESSIONS_AT_ONCE, shard: progress.shard };
  const due = await index.listDue('tier', query);
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
    const listed = await index.listDue('summary', { nowMs: clock.now(), limit });
    const due = listed.map(sessionKeyOf);
    const unseen = due.filter((key) => !seen.has(key));
    if (unseen.length === 0) return;
    for (const key of unseen) {
      seen.add(key);
      const head = await store.loadHead(key);
      if (head) await requestSummary(head);
    }
  } while (!deadline.isNear() && seen.size < MAX_SUMMARY_REQUESTS);
}
