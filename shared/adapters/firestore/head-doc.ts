import type { DocumentSnapshot } from '@google-cloud/firestore';
import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead, TierCounts } from '../../domain/head.ts';
import { headJson } from '../../domain/head-json.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import { encodeId, userKeyOf } from './layout.ts';
import { packText, unpack } from './packing.ts';
import { SHARDS } from './shards.ts';

/** Fields of a head's document that say when and how it may be written. */
export interface HeadStamp {
  readonly version: number;
  /**
   * Drawn by the latest commits, newest first: one whose answer was lost, and which the client sent
   * again, knows itself by it, also when others came between.
   */
  readonly commitIds: readonly string[];
  /** Summaries that the session has. */
  readonly summaries: number;
  /** Set for good by its first segment. */
  readonly hasSegments?: boolean;
  /** Until then every commit looks for the user's tombstone first. */
  readonly guardedUntilMs?: number;
  /** Until then an erasure of the session has the way to itself. */
  readonly erasingUntilMs?: number;
}

/** More come between only while a writer waits for an answer for seconds. */
const KEPT_COMMIT_IDS = 8;

export const STAMP_FIELDS = [
  'version',
  'commitIds',
  'summaries',
  'hasSegments',
  'guardedUntilMs',
  'erasingUntilMs',
] as const;

/** What reading the log needs to know of the head. */
export interface HeadBounds {
  /** No item and no segment holds a higher seq. */
  readonly topSeq: number;
  readonly hasSegments?: boolean;
  readonly tiers: TierCounts;
  /** How long ago the head was written, when it was read. */
  readonly ageMs: number;
}

export const BOUND_FIELDS = ['topSeq', 'hasSegments', 'tiers'] as const;

/** The bounds of a head that exists. */
export function boundsOf(snapshot: DocumentSnapshot): HeadBounds | undefined {
  // Its shape is known: `headFields` wrote it.
  const fields = snapshot.data() as Omit<HeadBounds, 'ageMs'> | undefined;
  const { readTime, updateTime } = snapshot;
  return fields && updateTime && { ...fields, ageMs: readTime.toMillis() - updateTime.toMillis() };
}

/** The ids to keep after one more commit. */
export const withCommitId = (id: string, earlier: readonly string[]): readonly string[] =>
  [id, ...earlier].slice(0, KEPT_COMMIT_IDS);

/** The fields of a head's document that each commit writes; those that are `undefined` have to go. */
export function headFields(change: SessionChange, commitIds: readonly string[]) {
  const { head, putItems = [], putSegments = [] } = change;
  const { codec, crc, body } = packText(headJson(head), 'head');
  return {
    version: head.version,
    commitIds,
    head: body,
    codec,
    crc,
    lastItemAtMs: head.lastItemAtMs,
    dueAtMs: head.dueAtMs,
    summaryDueAtMs: head.summaryDueAtMs,
    tiers: tierFields(head.tiers),
    topSeq: Math.max(
      head.lastSeq,
      ...putItems.map(({ item }) => item.seq),
      ...putSegments.map(({ lastSeq }) => lastSeq),
    ),
  };
}

/** The fields of a head's document that never change. */
export const identityFields = ({ userId, sessionId, sessionKey }: SessionHead) => ({
  user: userKeyOf(userId),
  userId: encodeId(userId),
  sessionId: encodeId(sessionId),
  shard: shardOf(sessionKey),
});

/** @throws AppError `data-loss`. */
export function headOf(snapshot: DocumentSnapshot): SessionHead {
  const { head: body, codec, crc, version } = snapshot.data() ?? {};
  const head = unpack<SessionHead>({ body, codec, crc }, 'head');
  if (head.version === version) return head;
  throw new AppError('data-loss', 'A stored head is of another version than its document says');
}

/** The stamp of a head that exists. */
export function stampOf(snapshot: DocumentSnapshot): HeadStamp | undefined {
  // Its shape is known: `headFields` wrote it.
  return snapshot.data() as HeadStamp | undefined;
}

// Plain numbers: a class of counts would be refused by the client.
const tierFields = ({ hot, warm, cold }: TierCounts): TierCounts => ({
  hot: { ...hot },
  warm: { ...warm },
  cold: { ...cold },
});

const shardOf = (key: SessionKey): number => key.charCodeAt(0) % SHARDS.length;
