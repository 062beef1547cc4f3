import type { StatementSync } from 'node:sqlite';
import type { Tombstone } from '../../ports/erasure-store.ts';
import { decode, encode, encodeId } from './codec.ts';
import { type Db, type Query, query } from './statement.ts';

/** Expired tombstones removed for each new one. */
const PURGED_PER_PUT = 2;

/** Users that were erased, until nothing of theirs can arrive any more. */
export class TombstonesTable {
  readonly #live: Query<{ readonly body: string }>;
  readonly #put: StatementSync;
  readonly #purge: StatementSync;

  constructor(db: Db) {
    this.#live = query(db, 'SELECT body FROM tombstones WHERE user_id = ? AND expires_at_ms >= ?');
    this.#put = db.prepare(
      `INSERT INTO tombstones (user_id, expires_at_ms, body) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET expires_at_ms = excluded.expires_at_ms, body = excluded.body`,
    );
    this.#purge = db.prepare(
      `DELETE FROM tombstones WHERE user_id IN
         (SELECT user_id FROM tombstones WHERE expires_at_ms < ? LIMIT ?)`,
    );
  }

  live(userId: string, nowMs: number): Tombstone | undefined {
    const row = this.#live.get(encodeId(userId), nowMs);
    return row && decode<Tombstone>(row.body, 'tombstone');
  }

  put(tombstone: Tombstone, nowMs: number): void {
    this.#purge.run(nowMs, PURGED_PER_PUT);
    this.#put.run(encodeId(tombstone.userId), tombstone.expiresAtMs, encode(tombstone));
  }
}
