import type { StatementSync } from 'node:sqlite';
import type { DueItem } from '../../domain/change.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { StoredItem } from '../../domain/item.ts';
import { itemJson } from '../../domain/item-json.ts';
import { runsOf } from '../../domain/segment.ts';
import type { DueQuery, DueSlice } from '../../ports/session-store.ts';
import { decodeItem, encode } from './codec.ts';
import { changed, type Db, type Query, query } from './statement.ts';

interface Row {
  readonly body: string;
}

/** Which items of a session to read, both ends included. */
export interface ItemRange {
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

/** Up to so many due items are found by date and sorted; more are found by reading in seq order. */
const FEW_DUE = 1_000;

/** Hot and warm items, a row each. */
export class ItemsTable {
  readonly #ascending: Query<Row>;
  readonly #descending: Query<Row>;
  readonly #bySeqs: Query<Row>;
  readonly #dueSeqs: Query<{ readonly seq: number }>;
  readonly #dueInOrder: Query<Row>;
  readonly #nextDue: Query<{ readonly atMs: number }>;
  readonly #put: StatementSync;
  readonly #deleteRun: StatementSync;
  readonly #erase: StatementSync;

  constructor(db: Db) {
    const inRange = 'SELECT body FROM items WHERE session_key = ? AND seq BETWEEN ? AND ?';
    this.#ascending = query(db, `${inRange} ORDER BY seq LIMIT ?`);
    this.#descending = query(db, `${inRange} ORDER BY seq DESC LIMIT ?`);
    this.#bySeqs = query(
      db,
      `SELECT body FROM items
       WHERE session_key = ? AND seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    );
    this.#dueSeqs = query(
      db,
      `SELECT seq FROM items INDEXED BY items_due
       WHERE session_key = ? AND due_at_ms <= ? AND seq >= ? LIMIT ?`,
    );
    this.#dueInOrder = query(
      db,
      // The unary plus keeps the planner on the seq order of the table.
      `SELECT body FROM items WHERE session_key = ? AND +due_at_ms <= ? AND seq >= ?
       ORDER BY seq LIMIT ?`,
    );
    this.#nextDue = query(
      db,
      `SELECT due_at_ms AS atMs FROM items INDEXED BY items_due
       WHERE session_key = ? AND due_at_ms > ? ORDER BY due_at_ms LIMIT 1`,
    );
    this.#put = db.prepare(
      `INSERT INTO items (session_key, seq, due_at_ms, body) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET due_at_ms = excluded.due_at_ms, body = excluded.body`,
    );
    this.#deleteRun = db.prepare('DELETE FROM items WHERE session_key = ? AND seq BETWEEN ? AND ?');
    this.#erase = db.prepare(
      `DELETE FROM items WHERE session_key = ?1 AND seq IN
         (SELECT seq FROM items WHERE session_key = ?1 ORDER BY seq LIMIT ?2)`,
    );
  }

  range(key: SessionKey, { minSeq, maxSeq, order, limit }: ItemRange): readonly StoredItem[] {
    const statement = order === 'asc' ? this.#ascending : this.#descending;
    return statement.all(key, minSeq, maxSeq, limit).map(({ body }) => decodeItem(body));
  }

  bySeqs(key: SessionKey, seqs: readonly number[]): readonly StoredItem[] {
    return this.#bySeqs.all(key, encode(seqs)).map(({ body }) => decodeItem(body));
  }

  due(key: SessionKey, asked: DueQuery): DueSlice {
    const items = this.#due(key, asked);
    const next = this.#nextDue.get(key, asked.nowMs);
    return next ? { items, nextDueAtMs: next.atMs } : { items };
  }

  put(key: SessionKey, { item, dueAtMs }: DueItem): void {
    this.#put.run(key, item.seq, dueAtMs ?? null, itemJson(item));
  }

  delete(key: SessionKey, seqs: readonly number[]): void {
    const ascending = seqs.toSorted((a, b) => a - b);
    for (const { fromSeq, toSeq } of runsOf(ascending)) this.#deleteRun.run(key, fromSeq, toSeq);
  }

  /** Deletes up to `limit` items; says how many. */
  erase(key: SessionKey, limit: number): number {
    return changed(this.#erase, key, limit);
  }

  /**
   * A few due items among many, and a session in which all are due, both cost what is due: the date
   * finds the few, and in seq order the many come first.
   */
  #due(key: SessionKey, { nowMs, fromSeq, limit }: DueQuery): readonly StoredItem[] {
    const few = this.#dueSeqs.all(key, nowMs, fromSeq, FEW_DUE + 1).map(({ seq }) => seq);
    if (few.length <= FEW_DUE) {
      return this.bySeqs(key, few.toSorted((a, b) => a - b).slice(0, limit));
    }
    return this.#dueInOrder.all(key, nowMs, fromSeq, limit).map(({ body }) => decodeItem(body));
  }
}
