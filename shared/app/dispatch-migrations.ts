import { sessionKeyOf } from '../domain/ids.ts';
import type { Deadline } from '../kernel/deadline.ts';
import { forEachAtOnce } from '../kernel/for-each.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { DueSession, SessionIndex } from '../ports/session-index.ts';
import { type LeaseDeps, leaseSession } from './lease-session.ts';
import { migrateMessage } from './messages.ts';

export interface DispatchDeps extends LeaseDeps {
  readonly index: SessionIndex;
  readonly bus: EventBus;
  readonly log: Logger;
}

/** Sessions that are leased and published together. A crash in between costs them one lease. */
const PAGE_SESSIONS = 200;
const LEASES_AT_ONCE = 16;
/** What one run hands out; at 10 sessions a second and worker, an hour's work for three workers. */
const MAX_SESSIONS = 100_000;

/**
 * Hands due sessions to `migrate-session`, a message each, longest due first, so that many
 * instances work side by side. Each is leased before it is published: a second dispatcher at the
 * same time hands out others.
 *
 * @param shard only those of this one.
 * @returns how many were handed out.
 */
export async function dispatchMigrations(
  deps: DispatchDeps,
  deadline: Deadline,
  shard?: number,
): Promise<number> {
  const { index, clock, bus } = deps;
  const passed = new Set<string>();
  let dispatched = 0;
  // A page at least, also when time is up: it is what keeps the rest from waiting for the next run.
  do {
    const limit = PAGE_SESSIONS + passed.size;
    const listed = await index.listDue('tier', { nowMs: clock.now(), limit, shard });
    const due = listed.filter((session) => !passed.has(sessionKeyOf(session)));
    if (due.length === 0) break;
    const taken = await lease(deps, due, passed);
    await bus.publish(taken.map((session) => migrateMessage(session, sessionKeyOf(session))));
    dispatched += taken.length;
  } while (!deadline.isNear() && dispatched < MAX_SESSIONS);
  return dispatched;
}

/** Those of the sessions that nobody else has; the others are passed over from now on. */
async function lease(
  deps: DispatchDeps,
  due: readonly DueSession[],
  passed: Set<string>,
): Promise<readonly DueSession[]> {
  const taken: DueSession[] = [];
  await forEachAtOnce(due, LEASES_AT_ONCE, async (session) => {
    const sessionKey = sessionKeyOf(session);
    try {
      if (await leaseSession(deps, sessionKey)) taken.push(session);
      else passed.add(sessionKey);
    } catch (error) {
      passed.add(sessionKey);
      deps.log.error('A session was not handed out; the next run tries again', {
        sessionKey,
        error,
      });
    }
  });
  return taken;
}
