import type { StatementSync } from 'node:sqlite';
import type { SummaryRecord } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { SummaryQuery } from '../../ports/session-store.ts';
import { decode, encode } from './codec.ts';
import { changed, type Db, type Query, query } from './statement.ts';

interface Row {
  readonly body: string;
}

/** Every committed summary. `ordinal` is the order of commits: clocks may lag, it does not. */
export class SummariesTable {
  readonly #byId: Query<Row>;
  readonly #covering: Query<Row>;
  readonly #endingBefore: Query<Row>;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #erase: StatementSync;

  constructor(db: Db) {
    const bodies = 'SELECT body FROM summaries WHERE session_key = ?';
    this.#byId = query(db, `${bodies} AND summary_id = ?`);
    this.#covering = query(db, `${bodies} AND to_seq >= ?2 AND from_seq <= ?2 ORDER BY ordinal`);
    this.#endingBefore = query(db, `${bodies} AND to_seq < ? ORDER BY ordinal DESC LIMIT 1`);
    this.#insert = db.prepare(
      `INSERT INTO summaries (from_seq, to_seq, body, session_key, summary_id)
       VALUES (?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `UPDATE summaries SET from_seq = ?, to_seq = ?, body = ?
       WHERE session_key = ? AND summary_id = ?`,
    );
    this.#delete = db.prepare('DELETE FROM summaries WHERE session_key = ? AND summary_id = ?');
    this.#erase = db.prepare(
      `DELETE FROM summaries WHERE ordinal IN
         (SELECT ordinal FROM summaries WHERE session_key = ? LIMIT ?)`,
    );
  }

  read(key: SessionKey, asked: SummaryQuery): readonly SummaryRecord[] {
    return this.#rows(key, asked).map(({ body }) => decode<SummaryRecord>(body, 'summary'));
  }

  /** How many summaries there are more: none when one of this id is replaced. */
  put(key: SessionKey, summary: SummaryRecord): number {
    const { id, fromSeq, toSeq } = summary;
    const values = [fromSeq, toSeq, encode(summary), key, id];
    return changed(this.#update, ...values) > 0 ? 0 : changed(this.#insert, ...values);
  }

  /** How many of these there were. */
  delete(key: SessionKey, ids: readonly string[]): number {
    return ids.reduce((sum, id) => sum + changed(this.#delete, key, id), 0);
  }

  /** Deletes up to `limit` summaries; says how many. */
  erase(key: SessionKey, limit: number): number {
    return changed(this.#erase, key, limit);
  }

  #rows(key: SessionKey, asked: SummaryQuery): readonly Row[] {
    if ('id' in asked) return this.#byId.all(key, asked.id);
    if ('coveringSeq' in asked) return this.#covering.all(key, asked.coveringSeq);
    return this.#endingBefore.all(key, asked.endingBefore);
  }
}
