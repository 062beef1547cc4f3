import type { ReplayRecord, SessionChange } from '../domain/change.ts';
import type { SessionHead, SummaryRecord } from '../domain/head.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import type { Segment } from '../domain/segment.ts';

export type CommitResult =
  | { readonly status: 'committed' }
  /** Nothing was written: these keys are in use, and were answered like this. */
  | { readonly status: 'replayed'; readonly records: readonly ReplayRecord[] };

/** Asks for `limit` live items from `fromSeq` on (included), upwards or downwards. */
export interface LogQuery {
  readonly fromSeq: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

/** Enough of a session's log to answer a `LogQuery`; `sliceItems` makes the answer of it. */
export interface LogSlice {
  /** From `items/`, in the order asked for. */
  readonly items: readonly StoredItem[];
  /** Segments that hold part of the answer, by first seq in the order asked for. */
  readonly segments: readonly Segment[];
}

/** Asks for `limit` items, from `fromSeq` on, that are due by `nowMs`. */
export interface DueQuery {
  readonly nowMs: number;
  readonly fromSeq: number;
  readonly limit: number;
  /** Items of the session in `items/`, where that is known: when all are due, none is due later. */
  readonly itemCount?: number;
}

export interface DueSlice {
  readonly items: readonly StoredItem[];
  /** The earliest due date after `nowMs` of any item of the session; absent where there is none. */
  readonly nextDueAtMs?: number;
}

export type SummaryQuery =
  | { readonly id: string }
  /** All summaries whose range includes the seq, oldest first. */
  | { readonly coveringSeq: number }
  /** The newest summary that ends before the seq. */
  | { readonly endingBefore: number };

/**
 * The durable home of every session. What it acknowledged survives the process.
 *
 * Every method throws `AppError` `unavailable` when the store cannot be reached, and `data-loss`
 * when stored bytes are not what was written. An unknown session is empty, never an error.
 */
export interface SessionStore {
  /**
   * `undefined` when the session does not exist. Callers must not change what they get.
   *
   * @param purpose `commit`: nothing but a commit is decided on it, whose version check finds out
   *   when it is old. A cached head will do then, without asking whether there is a newer one.
   */
  loadHead(key: SessionKey, purpose?: 'commit'): Promise<SessionHead | undefined>;

  /**
   * Applies a change atomically: all of it is durable and visible at once, or none of it.
   * Idempotency keys in use win over everything else and write nothing; expired ones are free.
   *
   * @throws AppError `aborted` when the head's version is not `expectedVersion`; `erased` when the
   *   guard says that the change comes from before the user's erasure or from an event after it;
   *   `unavailable` while that user's erasure is going on.
   */
  commit(change: SessionChange): Promise<CommitResult>;

  /**
   * A slice of the log from one snapshot: an item that moves between tiers meanwhile is in exactly
   * one of the two lists. Reads no more segments than the answer needs.
   */
  readLog(key: SessionKey, query: LogQuery): Promise<LogSlice>;

  /** The items of these seqs that exist, with the segments that hold them, from one snapshot. */
  readSeqs(key: SessionKey, seqs: readonly number[]): Promise<LogSlice>;

  /** Items in `items/` that have to leave their tier, lowest seq first. */
  readDue(key: SessionKey, query: DueQuery): Promise<DueSlice>;

  readSummaries(key: SessionKey, query: SummaryQuery): Promise<readonly SummaryRecord[]>;
}

/** A session store that tells whose a head is before anything is done for who asks. */
export interface OwnedSessionStore extends SessionStore {
  /**
   * The head of a session of `owner`; `undefined`: of anybody. Another's is as absent as one that never
   * was: the same reads, and nothing is written.
   */
  loadOwnHead(key: SessionKey, owner: string | undefined): Promise<SessionHead | undefined>;
}
