import type { SessionHead, SummaryRecord } from './head.ts';
import type { SessionKey } from './ids.ts';
import type { Accesses, StoredItem } from './item.ts';
import type { Segment } from './segment.ts';

/** Remembers that an idempotency key was used, for what, and what was answered. */
export interface ReplayRecord {
  readonly key: string;
  /** SHA-256 of what was sent under the key. */
  readonly hash: string;
  readonly seq: number;
  readonly createdAtMs: number;
  readonly tokens: number;
  /** After this instant the key counts as unused, in Unix milliseconds. */
  readonly expiresAtMs: number;
}

/** What an append needs the store to know, so that an erased user stays erased. */
export interface AppendGuard {
  /** When the request or event began to be handled, in Unix milliseconds. */
  readonly startedAtMs: number;
  /** Events may be late by days: none is taken for a user with a tombstone. */
  readonly isEvent: boolean;
}

/**
 * One atomic step of a session's life. Every use case decides one of these from a head, and the
 * store applies it whole or not at all: that is what keeps every item in exactly one home.
 */
export interface SessionChange {
  readonly sessionKey: SessionKey;
  /** The version of the head that the decision was made on; `undefined`: there was none. */
  readonly expectedVersion: number | undefined;
  readonly head: SessionHead;
  /** Hot and warm items to add or replace, each with the instant at which it has to move. */
  readonly putItems?: readonly DueItem[];
  readonly deleteItems?: readonly number[];
  readonly putSegments?: readonly Segment[];
  /** First seqs of the segments to delete. Deletions come before puts. */
  readonly deleteSegments?: readonly number[];
  readonly segmentAccesses?: readonly SegmentAccesses[];
  readonly putSummary?: SummaryRecord;
  readonly deleteSummaries?: readonly string[];
  /** Idempotency keys used by this change; none of them may be in use. */
  readonly replays?: readonly ReplayRecord[];
  readonly guard?: AppendGuard;
  /** An item goes for good: once this is acknowledged nobody may be answered with it. */
  readonly isRemoval?: true;
}

export interface DueItem {
  readonly item: StoredItem;
  /** When the item leaves its tier; `undefined`: not without an access. */
  readonly dueAtMs: number | undefined;
}

/** Replaces the access counts that a segment keeps beside its bytes. */
export interface SegmentAccesses {
  readonly firstSeq: number;
  readonly accesses: Readonly<Record<string, Accesses>>;
}
