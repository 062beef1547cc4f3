import { type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { AppError } from '../kernel/app-error.ts';
import { type Clock, DAY_MS } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import { newId } from '../kernel/new-id.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { ErasureReceipt, ErasureStore, Tombstone } from '../ports/erasure-store.ts';
import type { SessionIndex } from '../ports/session-index.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { eventMessage } from './messages.ts';

export interface EraseDeps extends AnnounceDeps {
  readonly erasure: ErasureStore;
  readonly index: SessionIndex;
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly options: { readonly tombstoneDays: number };
}

/** Documents that one step removes. */
const STEP_DOCUMENTS = 500;

/**
 * Erases a user from every tier, cache, summary and trace, and says so in a receipt. The tombstone
 * comes first: from then on nothing is written for the user until the erasure is done, and late
 * events bring nothing back after it. Stopped by the deadline or a crash, the next call goes on
 * with the same receipt.
 */
export async function eraseUser(
  deps: EraseDeps,
  userId: string,
  deadline: Deadline,
): Promise<ErasureReceipt> {
  const tombstone = await begin(deps, userId);
  let receipt = await openReceipt(deps, tombstone);
  if (tombstone.status === 'erased') return complete(deps, receipt);
  for (;;) {
    const [session] = await deps.index.listSessions(userId, { limit: 1 });
    if (!session) break;
    if (deadline.isNear()) return receipt;
    receipt = await eraseSession(deps, receipt, session, deadline);
  }
  return finish(deps, tombstone, receipt);
}

/** @throws AppError `not-found`, also for a receipt that is not the owner's, where one is named. */
export async function readReceipt(
  erasure: ErasureStore,
  receiptId: string,
  owner?: string,
): Promise<ErasureReceipt> {
  const receipt = await erasure.readReceipt(receiptId);
  if (receipt && (owner === undefined || receipt.userId === owner)) return receipt;
  throw new AppError('not-found', 'There is no such receipt', { details: { receiptId } });
}

async function begin({ erasure, clock, options }: EraseDeps, userId: string): Promise<Tombstone> {
  const nowMs = clock.now();
  const known = await erasure.readTombstone(userId, nowMs);
  if (known && (known.status === 'erasing' || !(await isComplete(erasure, known)))) return known;
  const tombstone: Tombstone = {
    userId,
    erasedAtMs: nowMs,
    status: 'erasing',
    receiptId: newId(),
    expiresAtMs: nowMs + options.tombstoneDays * DAY_MS,
  };
  await erasure.putTombstone(tombstone);
  return tombstone;
}

const isComplete = async (erasure: ErasureStore, { receiptId }: Tombstone): Promise<boolean> =>
  (await erasure.readReceipt(receiptId))?.status === 'erased';

async function openReceipt(
  { erasure, clock }: EraseDeps,
  { receiptId, userId }: Tombstone,
): Promise<ErasureReceipt> {
  const known = await erasure.readReceipt(receiptId);
  if (known) return known;
  const receipt: ErasureReceipt = {
    receiptId,
    userId,
    status: 'erasing',
    sessions: 0,
    items: 0,
    segments: 0,
    summaries: 0,
    cacheKeys: 0,
    verifiedEmpty: false,
    startedAtMs: clock.now(),
  };
  await erasure.putReceipt(receipt);
  return receipt;
}

/** Erases one session, or as much of it as time allows; the receipt is kept after every step. */
async function eraseSession(
  { erasure, accessLog, meter }: EraseDeps,
  before: ErasureReceipt,
  session: SessionRef,
  deadline: Deadline,
): Promise<ErasureReceipt> {
  const key = sessionKeyOf(session);
  let receipt = before;
  for (let isDone = false; !isDone && !deadline.isNear(); ) {
    const step = await erasure.eraseSession(key, STEP_DOCUMENTS);
    isDone = step.isDone;
    receipt = {
      ...receipt,
      sessions: receipt.sessions + (isDone ? 1 : 0),
      items: receipt.items + step.items,
      segments: receipt.segments + step.segments,
      summaries: receipt.summaries + step.summaries,
      cacheKeys: receipt.cacheKeys + (step.cacheKeys ?? 0),
    };
    accessLog.drop(key);
    await erasure.putReceipt(receipt);
    meter.count(METRICS.itemsDeleted, step.items);
  }
  return receipt;
}

/**
 * The tombstone changes before the receipt: a crash between them leaves a user who can come back, and
 * a receipt that the next call completes without erasing anything again.
 */
async function finish(
  deps: EraseDeps,
  tombstone: Tombstone,
  receipt: ErasureReceipt,
): Promise<ErasureReceipt> {
  const { erasure, index, clock } = deps;
  const { userId } = tombstone;
  await erasure.eraseTraces(userId);
  await erasure.scrub();
  const left = await index.listSessions(userId, { limit: 1 });
  if (left.length > 0) {
    throw new AppError('aborted', 'Something of the user came back while it was being erased');
  }
  await erasure.putTombstone({ ...tombstone, status: 'erased', erasedAtMs: clock.now() });
  return complete(deps, receipt);
}

async function complete(deps: EraseDeps, receipt: ErasureReceipt): Promise<ErasureReceipt> {
  const { userId, receiptId, sessions } = receipt;
  const completedAtMs = deps.clock.now();
  const done: ErasureReceipt = { ...receipt, status: 'erased', verifiedEmpty: true, completedAtMs };
  await deps.erasure.putReceipt(done);
  deps.meter.count(METRICS.usersErased);
  const event = eventMessage(receiptId, { type: 'user.erased', userId, receiptId, sessions });
  await announce(deps, receiptId, [event]);
  return done;
}
