import type { TierCounts } from '../domain/head.ts';
import type { SessionKey, SessionRef } from '../domain/ids.ts';

export interface SessionRow extends SessionRef {
  readonly itemCount: number;
  readonly lastItemAtMs: number;
  readonly tiers: TierCounts;
}

/** Where a page of sessions goes on: behind this row. */
export type SessionCursor = Pick<SessionRow, 'lastItemAtMs' | 'sessionId'>;

/** What may be due: a session's migration, or a summary request to be repeated. */
export type DueKind = 'tier' | 'summary';

/** Asks for `limit` sessions that are due by `nowMs`. */
export interface DueSessionsQuery {
  readonly nowMs: number;
  readonly limit: number;
  /** Only those of one shard; absent: of all. */
  readonly shard?: number | undefined;
}

export interface DueSession extends SessionRef {
  readonly dueAtMs: number;
}

/** What the store holds, from counters kept by every commit; never from a scan. */
export interface StoreTotals {
  readonly sessions: number;
  readonly summaries: number;
  readonly tiers: TierCounts;
}

/** How far a look through all sessions has come. */
export interface RetentionSweep {
  /** The default retention that it is for, in days; 0: none. */
  readonly retentionDays: number;
  /** Every session up to this one was looked at. */
  readonly after?: SessionKey;
  readonly isDone: boolean;
}

/** Finds sessions. Throws `AppError` `unavailable` when the store cannot be reached. */
export interface SessionIndex {
  /** A user's sessions, latest item first; equal instants by session id. */
  listSessions(
    userId: string,
    page: { readonly after?: SessionCursor; readonly limit: number },
  ): Promise<readonly SessionRow[]>;

  /**
   * How many parts the sessions are divided in by their keys, numbered from 0, so that several can
   * look for what is due at once without meeting. Each session is in one; 1 where one looks alone.
   */
  readonly shards: number;

  /** Longest due first, within the shard or over all of them. A shard that there is not is empty. */
  listDue(kind: DueKind, query: DueSessionsQuery): Promise<readonly DueSession[]>;

  countDue(kind: DueKind, nowMs: number, shard?: number): Promise<number>;

  totals(): Promise<StoreTotals>;

  /** Every session of every user, by its key, from behind `after` on. */
  listAll(page: {
    readonly after?: SessionKey;
    readonly limit: number;
  }): Promise<readonly SessionRow[]>;

  /** What was written last; `undefined`: nothing ever. */
  readSweep(): Promise<RetentionSweep | undefined>;

  writeSweep(sweep: RetentionSweep): Promise<void>;
}
