import type { TierCounts } from '../domain/head.ts';
import type { SessionRef } from '../domain/ids.ts';

export interface SessionRow extends SessionRef {
  readonly itemCount: number;
  readonly lastItemAtMs: number;
  readonly tiers: TierCounts;
}

/** Where a page of sessions goes on: behind this row. */
export type SessionCursor = Pick<SessionRow, 'lastItemAtMs' | 'sessionId'>;

export interface DueSession extends SessionRef {
  readonly dueAtMs: number;
}

/** What the store holds, from counters kept by every commit; never from a scan. */
export interface StoreTotals {
  readonly sessions: number;
  readonly summaries: number;
  readonly tiers: TierCounts;
}

/** Finds sessions. Throws `AppError` `unavailable` when the store cannot be reached. */
export interface SessionIndex {
  /** A user's sessions, latest item first; equal instants by session id. */
  listSessions(
    userId: string,
    page: { readonly after?: SessionCursor; readonly limit: number },
  ): Promise<readonly SessionRow[]>;

  /** Sessions whose migration (`tier`) or repeated summary request (`summary`) is due, longest due first. */
  listDue(kind: 'tier' | 'summary', nowMs: number, limit: number): Promise<readonly DueSession[]>;

  countDue(kind: 'tier' | 'summary', nowMs: number): Promise<number>;

  totals(): Promise<StoreTotals>;
}
