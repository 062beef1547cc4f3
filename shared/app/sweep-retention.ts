import { itemCountOf } from '../domain/head.ts';
import { type SessionKey, sessionKeyOf } from '../domain/ids.ts';
import { type MigrationPolicy, withDue } from '../domain/migration.ts';
import { expiryDueAtMs } from '../domain/retention.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import { forEachAtOnce } from '../kernel/for-each.ts';
import type { Logger } from '../kernel/logger.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { RetentionSweep, SessionIndex } from '../ports/session-index.ts';
import type { SessionStore } from '../ports/session-store.ts';

export interface SweepDeps {
  /** Gives heads as they are: what they are due for is found by their date. */
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: MigrationPolicy;
}

const PAGE_SESSIONS = 200;
const SIDE_BY_SIDE = 8;
/** What one run looks at: a few seconds of its time. */
export const SWEPT_PER_RUN = 5_000;

/**
 * Gives the sessions of before a default retention the date at which something of them expires, so
 * that the migration finds them: every later change of a session does so by itself. One look at all
 * sessions for each change of the default, in parts: what a run did not reach, the next one goes on
 * with. Where the default stays as it is this is one read.
 */
export async function sweepRetention(deps: SweepDeps, deadline: Deadline): Promise<void> {
  const { index } = deps;
  let sweep = await currentSweep(deps);
  let looked = 0;
  while (sweep && !sweep.isDone && looked < SWEPT_PER_RUN && !deadline.isNear()) {
    const after = sweep.after === undefined ? {} : { after: sweep.after };
    const page = await index.listAll({ ...after, limit: PAGE_SESSIONS });
    const keys = page.filter((row) => itemCountOf(row) > 0).map(sessionKeyOf);
    await forEachAtOnce(keys, SIDE_BY_SIDE, (key) => giveDate(deps, key));
    const last = page.at(-1);
    const isDone = page.length < PAGE_SESSIONS;
    const { retentionDays }: RetentionSweep = sweep;
    sweep = { retentionDays, isDone, ...(last && { after: sessionKeyOf(last) }) };
    await index.writeSweep(sweep);
    looked += page.length;
  }
}

/** `undefined` where there never was a default. */
async function currentSweep({ index, options }: SweepDeps): Promise<RetentionSweep | undefined> {
  const { retentionDays } = options;
  const known = await index.readSweep();
  if ((known?.retentionDays ?? 0) === retentionDays) return known;
  const begun = { retentionDays, isDone: retentionDays === 0 };
  await index.writeSweep(begun);
  return begun;
}

/** A session that is damaged, or that others keep writing to, stops no other. */
async function giveDate(deps: SweepDeps, key: SessionKey): Promise<void> {
  try {
    await retryAborted(() => tryDate(deps, key));
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === 'unavailable') throw error;
    deps.log.warning('A session got no date of expiry', { sessionKey: key, error });
  }
}

async function tryDate({ store, clock, options }: SweepDeps, key: SessionKey): Promise<void> {
  const head = await store.loadHead(key);
  const dueAtMs = head && expiryDueAtMs(head, options);
  if (!head || dueAtMs === undefined || (head.dueAtMs ?? Number.POSITIVE_INFINITY) <= dueAtMs)
    return;
  const dated = withDue(head, dueAtMs, { nowMs: clock.now() });
  await store.commit({ sessionKey: key, expectedVersion: head.version, head: dated });
}
