import type { StatementSync } from 'node:sqlite';
import { itemCountOf, type TierCounts } from '../../domain/head.ts';
import type {
  DueKind,
  DueSession,
  DueSessionsQuery,
  RetentionSweep,
  SessionCursor,
  SessionIndex,
  SessionRow,
  StoreTotals,
} from '../../ports/session-index.ts';
import { decode, decodeId, encode, encodeId } from './codec.ts';
import { attempt } from './sqlite-error.ts';
import { type Db, type Query, query } from './statement.ts';
import type { TotalsTable } from './totals-table.ts';

/** Names the sweep. */
const RETENTION = 'retention';

interface Listed {
  readonly userId: string;
  readonly sessionId: string;
  readonly lastItemAtMs: number;
  readonly tiers: string;
}

interface DueQueries {
  readonly list: Query<DueSession>;
  readonly count: Query<{ readonly count: number }>;
}

/** Finds sessions through the columns beside their heads. */
export class SqliteSessionIndex implements SessionIndex {
  /** One file has one writer at a time: nothing is gained by more. */
  readonly shards = 1;
  readonly #totals: TotalsTable;
  readonly #first: Query<Listed>;
  readonly #sameInstant: Query<Listed>;
  readonly #earlier: Query<Listed>;
  readonly #due: Readonly<Record<DueKind, DueQueries>>;
  readonly #all: Query<Listed>;
  readonly #readSweep: Query<{ readonly body: string }>;
  readonly #writeSweep: StatementSync;

  constructor(db: Db, totals: TotalsTable) {
    this.#totals = totals;
    const rows = `SELECT user_id AS userId, session_id AS sessionId,
      last_item_at_ms AS lastItemAtMs, tiers FROM sessions WHERE user_id = ?`;
    const order = 'ORDER BY last_item_at_ms DESC, session_id LIMIT ?';
    this.#first = query(db, `${rows} ${order}`);
    this.#sameInstant = query(db, `${rows} AND last_item_at_ms = ? AND session_id > ? ${order}`);
    this.#earlier = query(db, `${rows} AND last_item_at_ms < ? ${order}`);
    this.#due = {
      tier: dueQueries(db, 'due_at_ms'),
      summary: dueQueries(db, 'summary_due_at_ms'),
    };
    this.#all = query(
      db,
      `SELECT user_id AS userId, session_id AS sessionId, last_item_at_ms AS lastItemAtMs, tiers
       FROM sessions WHERE session_key > ? ORDER BY session_key LIMIT ?`,
    );
    this.#readSweep = query(db, 'SELECT body FROM sweeps WHERE name = ?');
    this.#writeSweep = db.prepare(
      `INSERT INTO sweeps (name, body) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body`,
    );
  }

  async listSessions(
    userId: string,
    { after, limit }: { readonly after?: SessionCursor; readonly limit: number },
  ): Promise<readonly SessionRow[]> {
    return attempt('list sessions', () =>
      this.#rows(encodeId(userId), after, limit).map(sessionRowOf),
    );
  }

  async listDue(
    kind: DueKind,
    { nowMs, limit, shard = 0 }: DueSessionsQuery,
  ): Promise<readonly DueSession[]> {
    if (shard >= this.shards) return [];
    return attempt('list due sessions', () =>
      this.#due[kind].list.all(nowMs, limit).map(({ userId, sessionId, dueAtMs }) => ({
        userId: decodeId(userId),
        sessionId: decodeId(sessionId),
        dueAtMs,
      })),
    );
  }

  async countDue(kind: DueKind, nowMs: number, shard = 0): Promise<number> {
    if (shard >= this.shards) return 0;
    return attempt('count due sessions', () => this.#due[kind].count.get(nowMs)?.count ?? 0);
  }

  async totals(): Promise<StoreTotals> {
    return attempt('read totals', () => this.#totals.read());
  }

  async listAll({
    after = '',
    limit,
  }: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly SessionRow[]> {
    return attempt('list all sessions', () => this.#all.all(after, limit).map(sessionRowOf));
  }

  async readSweep(): Promise<RetentionSweep | undefined> {
    return attempt('read a sweep', () => {
      const row = this.#readSweep.get(RETENTION);
      return row && decode<RetentionSweep>(row.body, 'sweep');
    });
  }

  async writeSweep(sweep: RetentionSweep): Promise<void> {
    attempt('write a sweep', () => this.#writeSweep.run(RETENTION, encode(sweep)));
  }

  /** In two steps, because one comparison cannot go down by instant and up by id in the index. */
  #rows(userId: string, after: SessionCursor | undefined, limit: number): readonly Listed[] {
    if (!after) return this.#first.all(userId, limit);
    const { lastItemAtMs, sessionId } = after;
    const same = this.#sameInstant.all(userId, lastItemAtMs, encodeId(sessionId), limit);
    const rest = limit - same.length;
    return rest > 0 ? [...same, ...this.#earlier.all(userId, lastItemAtMs, rest)] : same;
  }
}

const dueQueries = (db: Db, column: 'due_at_ms' | 'summary_due_at_ms'): DueQueries => ({
  list: query(
    db,
    `SELECT user_id AS userId, session_id AS sessionId, ${column} AS dueAtMs FROM sessions
     WHERE ${column} <= ? ORDER BY ${column} LIMIT ?`,
  ),
  count: query(db, `SELECT count(*) AS count FROM sessions WHERE ${column} <= ?`),
});

function sessionRowOf({ userId, sessionId, lastItemAtMs, tiers }: Listed): SessionRow {
  const counts = decode<TierCounts>(tiers, 'head');
  return {
    userId: decodeId(userId),
    sessionId: decodeId(sessionId),
    itemCount: itemCountOf({ tiers: counts }),
    lastItemAtMs,
    tiers: counts,
  };
}
