import type { AppendLimits } from '../domain/append-change.ts';
import { decideExpiry } from '../domain/expiry.ts';
import type { SessionHead } from '../domain/head.ts';
import { itemIdOf, type SessionKey } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { type MigrationPolicy, SEGMENT_MAX_ITEMS } from '../domain/migration.ts';
import { expiredOf, isExpiryDue, retentionDaysOf } from '../domain/retention.ts';
import { holdsSeq } from '../domain/segment.ts';
import { AppError } from '../kernel/app-error.ts';
import { type Clock, SECOND_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { eventMessage, summarizeMessage } from './messages.ts';
import { sliceItems } from './timeline.ts';

export interface ExpireDeps extends AnnounceDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly options: MigrationPolicy & AppendLimits;
}

/** Whoever came across something expired waits for this long at most. */
const BUDGET_MS = 10 * SECOND_MS;

/**
 * Deletes what is past its retention in a session, the oldest first, in commits that are each complete
 * in themselves.
 *
 * @throws AppError `unavailable` when there is more than could be deleted in the time: what is done is
 *   done, and the next call goes on.
 */
export async function expireSession(deps: ExpireDeps, key: SessionKey): Promise<void> {
  const deadline = deadlineAfter(BUDGET_MS, deps.clock);
  while (await retryAborted(() => expireSome(deps, key))) {
    if (deadline.isNear())
      throw new AppError('unavailable', 'Expired items are being deleted; ask again');
  }
}

/** @returns whether there may be more. */
async function expireSome(deps: ExpireDeps, key: SessionKey): Promise<boolean> {
  const { store, clock, options, meter } = deps;
  const nowMs = clock.now();
  const head = await store.loadHead(key);
  if (!head || !isExpiryDue(head, options, nowMs)) return false;
  const query = { fromSeq: 1, order: 'asc', limit: SEGMENT_MAX_ITEMS } as const;
  const slice = await store.readLog(key, query);
  const oldest = sliceItems(slice, query);
  const expired = expiredOf(oldest, retentionDaysOf(head, options), nowMs);
  const [first] = expired;
  const segments = slice.segments.filter((one) => expired.some(({ seq }) => holdsSeq(one, seq)));
  const covering = first ? await store.readSummaries(key, { coveringSeq: first.seq }) : [];
  const firstItemAtMs = oldest[expired.length]?.createdAtMs;
  const { change, wantsSummary } = decideExpiry({
    ...{ head, expired, segments, covering, firstItemAtMs, nowMs, policy: options },
  });
  await store.commit(change);
  meter.count(METRICS.itemsDeleted, expired.length);
  const asked = wantsSummary ? [summarizeMessage(head, key)] : [];
  await announce(deps, key, [...expired.map((item) => deletedMessage(head, item)), ...asked]);
  return expired.length === query.limit;
}

const deletedMessage = (
  { sessionKey, userId, sessionId }: SessionHead,
  { seq }: StoredItem,
): BusMessage =>
  eventMessage(sessionKey, {
    type: 'item.deleted',
    ...{ userId, sessionId, itemId: itemIdOf(sessionKey, seq) },
  });
