import type { StatementSync } from 'node:sqlite';
import type { ReplayRecord } from '../../domain/change.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { decode, encode, encodeId } from './codec.ts';
import { changed, type Db, type Query, query } from './statement.ts';

/** Expired records removed for each new one: more than come in, so that none are left behind. */
const PURGED_PER_PUT = 2;

/** Idempotency keys with what was answered under them. */
export class ReplaysTable {
  readonly #live: Query<{ readonly body: string }>;
  readonly #put: StatementSync;
  readonly #purge: StatementSync;
  readonly #erase: StatementSync;

  constructor(db: Db) {
    this.#live = query(
      db,
      `SELECT body FROM replays WHERE session_key = ? AND replay_key = ? AND expires_at_ms >= ?`,
    );
    this.#put = db.prepare(
      `INSERT INTO replays (session_key, replay_key, expires_at_ms, body) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET expires_at_ms = excluded.expires_at_ms, body = excluded.body`,
    );
    this.#purge = db.prepare(
      `DELETE FROM replays WHERE (session_key, replay_key) IN
         (SELECT session_key, replay_key FROM replays WHERE expires_at_ms < ? LIMIT ?)`,
    );
    this.#erase = db.prepare(
      `DELETE FROM replays WHERE session_key = ?1 AND replay_key IN
         (SELECT replay_key FROM replays WHERE session_key = ?1 LIMIT ?2)`,
    );
  }

  /** Those of the keys that are in use, in the order asked. */
  inUse(key: SessionKey, asked: readonly ReplayRecord[], nowMs: number): readonly ReplayRecord[] {
    return asked.flatMap((one) => {
      const row = this.#live.get(key, encodeId(one.key), nowMs);
      return row ? [decode<ReplayRecord>(row.body, 'replay')] : [];
    });
  }

  put(key: SessionKey, records: readonly ReplayRecord[], nowMs: number): void {
    if (records.length === 0) return;
    this.#purge.run(nowMs, PURGED_PER_PUT * records.length);
    for (const record of records) {
      this.#put.run(key, encodeId(record.key), record.expiresAtMs, encode(record));
    }
  }

  /** Deletes up to `limit` records; says how many. */
  erase(key: SessionKey, limit: number): number {
    return changed(this.#erase, key, limit);
  }
}
