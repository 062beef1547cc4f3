import type { DocumentSnapshot, Firestore } from '@google-cloud/firestore';
import type { ReplayRecord, SessionChange } from '../../domain/change.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/new-id.ts';
import type { Tombstone } from '../../ports/erasure-store.ts';
import type { CommitResult } from '../../ports/session-store.ts';
import { openBatch } from './batch.ts';
import { isConflict } from './firestore-error.ts';
import { type HeadStamp, STAMP_FIELDS, stampOf, withCommitId } from './head-doc.ts';
import type { KnownHeads } from './known-heads.ts';
import type { Layout } from './layout.ts';
import { unpack } from './packing.ts';
import { assertAllowed, liveTombstone } from './tombstones.ts';
import { type Ground, hasSegmentsAfter, writeChange } from './write-change.ts';
import { ClientWrites, type Writes } from './writes.ts';

export interface CommitterOptions {
  readonly db: Firestore;
  readonly layout: Layout;
  readonly known: KnownHeads;
  readonly clock: Clock;
  /** What one request takes. */
  readonly maxRequestBytes: number;
}

/** What was found when a commit could not go ahead blindly. */
interface Seen extends Ground {
  /** Only a transaction that reads the tombstone may write. */
  readonly needsTombstone: boolean;
}

/** Rounds of looking and writing before a commit gives up; each lost one means another's won. */
const MAX_ROUNDS = 5;
const NO_HEAD = { updateTime: undefined, summaries: 0, hasSegments: false, commitIds: [] };
const LOOKED_AT = [...STAMP_FIELDS, 'codec', 'crc', 'body', 'order'];

/**
 * Commits changes. The usual one, on a head that this process knows, is one batch and no read: the
 * head's update time is its precondition, and a used idempotency key fails its `create`. Only when
 * that is refused, the documents are looked at to find out why.
 */
export class Committer {
  readonly #db: Firestore;
  readonly #layout: Layout;
  readonly #known: KnownHeads;
  readonly #clock: Clock;
  readonly #maxBytes: number;

  constructor({ db, layout, known, clock, maxRequestBytes }: CommitterOptions) {
    this.#maxBytes = maxRequestBytes;
    this.#db = db;
    this.#layout = layout;
    this.#known = known;
    this.#clock = clock;
  }

  async commit(change: SessionChange): Promise<CommitResult> {
    const commitId = newId();
    const blind = this.#blindGround(change);
    if (blind && (await this.#write(change, commitId, blind))) return { status: 'committed' };
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const seen = await this.#look(change, commitId);
      if ('status' in seen) return seen;
      if (await this.#write(change, commitId, seen)) return { status: 'committed' };
    }
    throw changedMeanwhile(change);
  }

  /** Ground for a first try without looking; `undefined` where something has to be read first. */
  #blindGround({ sessionKey, ...change }: SessionChange): Seen | undefined {
    const { expectedVersion, putSummary, deleteSummaries = [] } = change;
    // Whether a summary is new or replaced changes how many there are.
    if (putSummary || deleteSummaries.length > 0) return undefined;
    const none = { expiredKeys: new Set<string>(), replacedOrder: undefined };
    if (expectedVersion === undefined) {
      return { ...none, ...NO_HEAD, needsTombstone: true };
    }
    const known = this.#known.get(sessionKey, expectedVersion);
    return known && { ...none, ...known, needsTombstone: false };
  }

  async #look(change: SessionChange, commitId: string): Promise<CommitResult | Seen> {
    const { sessionKey: key, expectedVersion, head, replays = [], putSummary } = change;
    const layout = this.#layout;
    const summaryIds = [...(putSummary ? [putSummary.id] : []), ...(change.deleteSummaries ?? [])];
    const [headDoc, tombstoneDoc, ...others] = await this.#db.getAll(
      layout.head(key),
      layout.tombstone(head.userId),
      ...replays.map((replay) => layout.replay(key, replay.key)),
      ...summaryIds.map((id) => layout.summary(key, id)),
      { fieldMask: LOOKED_AT },
    );
    if (!headDoc || !tombstoneDoc) throw new TypeError('Firestore left documents out');
    const stamp = stampOf(headDoc);
    // The first try took effect, and its answer was lost on the way.
    if (stamp?.commitIds.includes(commitId)) return { status: 'committed' };
    const nowMs = this.#clock.now();
    const { inUse, expiredKeys } = sortReplays(replays, others, nowMs);
    if (inUse.length > 0) return { status: 'replayed', records: inUse };
    const tombstone = liveTombstone(tombstoneDoc, nowMs);
    assertAllowed(tombstone, change);
    if (stamp?.version !== expectedVersion || isErasing(stamp, nowMs)) {
      throw changedMeanwhile(change, stamp);
    }
    return {
      ...countSummaries(change, stamp?.summaries ?? 0, others.slice(replays.length)),
      commitIds: stamp?.commitIds ?? [],
      hasSegments: stamp?.hasSegments ?? false,
      updateTime: headDoc.updateTime,
      expiredKeys,
      needsTombstone: !stamp || tombstone !== undefined || isGuarded(stamp, nowMs),
    };
  }

  /** False: refused, because something is not as the ground says. */
  async #write(change: SessionChange, commitId: string, ground: Seen): Promise<boolean> {
    const { sessionKey: key, head } = change;
    try {
      if (ground.needsTombstone) return await this.#writeKnowing(change, commitId, ground);
      const batch = openBatch(this.#db);
      this.#put(batch, change, commitId, ground);
      const updateTime = await batch.commit();
      if (updateTime) {
        const { version } = head;
        const { summaries } = ground;
        const hasSegments = hasSegmentsAfter(ground, change);
        const commitIds = withCommitId(commitId, ground.commitIds);
        this.#known.put(key, { version, updateTime, summaries, hasSegments, commitIds });
      }
      return true;
    } catch (thrown) {
      this.#known.drop(key);
      if (isConflict(thrown)) return false;
      throw thrown;
    }
  }

  /**
   * Writes with the tombstone read in the same transaction: one that is put meanwhile either makes
   * this transaction fail, or is put after it and finds the head that it wrote.
   */
  #writeKnowing(change: SessionChange, commitId: string, ground: Seen): Promise<boolean> {
    this.#known.drop(change.sessionKey);
    return this.#db.runTransaction(async (transaction) => {
      const document = await transaction.get(this.#layout.tombstone(change.head.userId));
      const tombstone = liveTombstone(document, this.#clock.now());
      if (!isAllowed(tombstone, change)) return false;
      const to = new ClientWrites(transaction);
      this.#put(to, change, commitId, ground, tombstone?.expiresAtMs);
      return true;
    });
  }

  #put(
    to: Writes,
    change: SessionChange,
    commitId: string,
    ground: Ground,
    guardedUntilMs?: number,
  ): void {
    const [layout, maxBytes] = [this.#layout, this.#maxBytes];
    writeChange({ to, layout, change, commitId, ground, guardedUntilMs, maxBytes });
  }
}

const isGuarded = ({ guardedUntilMs }: HeadStamp, nowMs: number): boolean =>
  guardedUntilMs !== undefined && guardedUntilMs >= nowMs;

const isErasing = (stamp: HeadStamp | undefined, nowMs: number): boolean =>
  stamp?.erasingUntilMs !== undefined && stamp.erasingUntilMs >= nowMs;

function isAllowed(tombstone: Tombstone | undefined, change: SessionChange): boolean {
  try {
    assertAllowed(tombstone, change);
    return true;
  } catch {
    // The look that follows answers with the reason, or with what an earlier delivery did.
    return false;
  }
}

function sortReplays(
  asked: readonly ReplayRecord[],
  documents: readonly DocumentSnapshot[],
  nowMs: number,
) {
  const inUse: ReplayRecord[] = [];
  const expiredKeys = new Set<string>();
  for (const [index, { key }] of asked.entries()) {
    const data = documents[index]?.data();
    if (!data) continue;
    const record = unpack<ReplayRecord>(data, 'replay');
    if (record.expiresAtMs >= nowMs) inUse.push(record);
    else expiredKeys.add(key);
  }
  return { inUse, expiredKeys };
}

/** How many summaries there are afterwards, and the place that a replaced one keeps. */
function countSummaries(
  { putSummary }: SessionChange,
  before: number,
  documents: readonly DocumentSnapshot[],
): Pick<Ground, 'summaries' | 'replacedOrder'> {
  const put = putSummary ? documents[0] : undefined;
  const gone = documents.slice(putSummary ? 1 : 0).filter(({ exists }) => exists).length;
  const order: unknown = put?.get('order');
  return {
    summaries: before - gone + (put && !put.exists ? 1 : 0),
    replacedOrder: typeof order === 'number' ? order : undefined,
  };
}

const changedMeanwhile = ({ sessionKey, expectedVersion }: SessionChange, found?: HeadStamp) =>
  new AppError('aborted', 'The session changed meanwhile', {
    details: { sessionKey, expectedVersion, foundVersion: found?.version },
  });
