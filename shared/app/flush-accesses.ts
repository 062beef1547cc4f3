import {
  addCounts,
  isOverStep,
  type MigrationCounts,
  type MigrationDecision,
  type MigrationPolicy,
  NOTHING_MOVED,
} from '../domain/migration.ts';
import { decidePromotion } from '../domain/promotion.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import type { Logger } from '../kernel/logger.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { AccessLog, PendingAccesses } from '../ports/access-log.ts';
import type { SessionStore } from '../ports/session-store.ts';

export interface FlushDeps {
  readonly store: SessionStore;
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: MigrationPolicy;
}

const SESSIONS_AT_ONCE = 50;
/** Items that one commit touches. */
const ITEMS_PER_COMMIT = 200;

/**
 * Writes counted accesses down and moves up what is read often again. A crash loses counts that
 * were not written, never an item.
 *
 * @returns what moved, and how many sessions that was in.
 */
export async function flushAccesses(
  deps: FlushDeps,
): Promise<{ readonly counts: MigrationCounts; readonly sessions: number }> {
  let counts = NOTHING_MOVED;
  let sessions = 0;
  for (;;) {
    const drained = await deps.accessLog.drain(SESSIONS_AT_ONCE);
    if (drained.length === 0) return { counts, sessions };
    for (const pending of drained) {
      const moved = await writeDown(deps, pending);
      if (moved.coldToWarm + moved.toHot > 0) sessions++;
      counts = addCounts(counts, moved);
    }
  }
}

interface PreviewDeps extends Pick<FlushDeps, 'store' | 'clock' | 'options'> {
  readonly accessLog: Pick<AccessLog, 'peek'>;
}

/** What that would move up now; changes nothing. Stops when time is up. */
export async function previewFlush(
  deps: PreviewDeps,
  deadline: Deadline,
): Promise<{ readonly counts: MigrationCounts; readonly sessions: number }> {
  let counts = NOTHING_MOVED;
  let sessions = 0;
  for await (const pending of deps.accessLog.peek()) {
    if (deadline.isNear()) break;
    const moved = (await decideSome(deps, pending))?.counts ?? NOTHING_MOVED;
    if (moved.coldToWarm + moved.toHot > 0) sessions++;
    counts = addCounts(counts, moved);
  }
  return { counts, sessions };
}

async function writeDown(deps: FlushDeps, pending: PendingAccesses): Promise<MigrationCounts> {
  const { sessionKey } = pending;
  const waiting = partsOf([...pending.counts], ITEMS_PER_COMMIT);
  let total = NOTHING_MOVED;
  for (let some = waiting.shift(); some; some = waiting.shift()) {
    const entries = some;
    const moved = await retryAborted(() =>
      writeSome(deps, { ...pending, counts: new Map(entries) }),
    ).catch((error: unknown) => {
      // Lost counts only make items look less read; a fault in one session must not stop others.
      deps.log.warning('Accesses were not written down', { sessionKey, error });
      return NOTHING_MOVED;
    });
    if (moved) total = addCounts(total, moved);
    else waiting.unshift(...partsOf(entries, Math.ceil(entries.length / 2)));
  }
  return total;
}

function partsOf<T>(all: readonly T[], length: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / length) }, (_, index) =>
    all.slice(index * length, (index + 1) * length),
  );
}

/** `undefined`: that would be too much for one commit, and nothing was written. */
async function writeSome(
  deps: FlushDeps,
  pending: PendingAccesses,
): Promise<MigrationCounts | undefined> {
  const decision = await decideSome(deps, pending);
  if (!decision) return NOTHING_MOVED;
  const { change, counts: moved } = decision;
  if (pending.counts.size > 1 && isOverStep(change)) return undefined;
  await deps.store.commit(change);
  return moved;
}

/** `undefined`: nothing of it is there any more. */
async function decideSome(
  { store, clock, options }: Pick<FlushDeps, 'store' | 'clock' | 'options'>,
  { sessionKey, counts }: PendingAccesses,
): Promise<MigrationDecision | undefined> {
  const head = await store.loadHead(sessionKey);
  if (!head) return undefined;
  const { items, segments } = await store.readSeqs(sessionKey, [...counts.keys()]);
  if (items.length + segments.length === 0) return undefined;
  const nowMs = clock.now();
  return decidePromotion({ head, counts, items, segments, nowMs, policy: options });
}
