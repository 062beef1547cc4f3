import type { StatementSync } from 'node:sqlite';
import type { SessionHead, TierCounts } from '../../domain/head.ts';
import { headJson } from '../../domain/head-json.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { decode, decodeHead, encode, encodeId } from './codec.ts';
import { changed, type Db, type Query, query } from './statement.ts';

/** What a commit needs to know of the head that it replaces. */
export interface Stamp {
  readonly version: number;
  readonly tiers: TierCounts;
}

/** Heads, beside the columns that listings and due queries read without them. */
export class SessionsTable {
  readonly #head: Query<{ readonly head: string }>;
  readonly #stamp: Query<{ readonly version: number; readonly tiers: string }>;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: Db) {
    this.#head = query(db, 'SELECT head FROM sessions WHERE session_key = ?');
    this.#stamp = query(db, 'SELECT version, tiers FROM sessions WHERE session_key = ?');
    this.#insert = db.prepare(
      `INSERT INTO sessions (version, last_item_at_ms, due_at_ms, summary_due_at_ms, tiers, head,
         session_key, user_id, session_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `UPDATE sessions SET version = ?, last_item_at_ms = ?, due_at_ms = ?, summary_due_at_ms = ?,
         tiers = ?, head = ? WHERE session_key = ?`,
    );
    this.#delete = db.prepare('DELETE FROM sessions WHERE session_key = ?');
  }

  head(key: SessionKey): SessionHead | undefined {
    const row = this.#head.get(key);
    return row && decodeHead(row.head);
  }

  stamp(key: SessionKey): Stamp | undefined {
    const row = this.#stamp.get(key);
    return row && { version: row.version, tiers: decode<TierCounts>(row.tiers, 'head') };
  }

  insert(head: SessionHead): void {
    const { sessionKey, userId, sessionId } = head;
    this.#insert.run(...columnsOf(head), sessionKey, encodeId(userId), encodeId(sessionId));
  }

  update(head: SessionHead): void {
    this.#update.run(...columnsOf(head), head.sessionKey);
  }

  /** How many heads that were: one or none. */
  delete(key: SessionKey): number {
    return changed(this.#delete, key);
  }
}

const columnsOf = (head: SessionHead) =>
  [
    head.version,
    head.lastItemAtMs,
    head.dueAtMs ?? null,
    head.summaryDueAtMs ?? null,
    encode(head.tiers),
    headJson(head),
  ] as const;
