import type { StatementSync } from 'node:sqlite';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type {
  ErasedStep,
  ErasureReceipt,
  ErasureStore,
  Tombstone,
} from '../../ports/erasure-store.ts';
import { decode, encode } from './codec.ts';
import { attempt } from './sqlite-error.ts';
import { type Db, type Query, query } from './statement.ts';
import type { Tables } from './tables.ts';
import type { Transactions } from './transaction.ts';

export interface SqliteErasureStoreOptions {
  readonly db: Db;
  readonly tables: Tables;
  readonly transactions: Transactions;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}

/** Erasure from the SQLite file. */
export class SqliteErasureStore implements ErasureStore {
  readonly #db: Db;
  readonly #tables: Tables;
  readonly #transactions: Transactions;
  readonly #deadLetters: DeadLetters;
  readonly #clock: Clock;
  readonly #readReceipt: Query<{ readonly body: string }>;
  readonly #putReceipt: StatementSync;

  constructor({ db, tables, transactions, deadLetters, clock }: SqliteErasureStoreOptions) {
    this.#db = db;
    this.#tables = tables;
    this.#transactions = transactions;
    this.#deadLetters = deadLetters;
    this.#clock = clock;
    this.#readReceipt = query(db, 'SELECT body FROM receipts WHERE receipt_id = ?');
    this.#putReceipt = db.prepare(
      `INSERT INTO receipts (receipt_id, body) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body`,
    );
  }

  async readTombstone(userId: string, nowMs: number): Promise<Tombstone | undefined> {
    return attempt('read a tombstone', () => this.#tables.tombstones.live(userId, nowMs));
  }

  async putTombstone(tombstone: Tombstone): Promise<void> {
    const nowMs = this.#clock.now();
    this.#transactions.write('put a tombstone', () =>
      this.#tables.tombstones.put(tombstone, nowMs),
    );
  }

  async eraseSession(key: SessionKey, limit: number): Promise<ErasedStep> {
    return this.#transactions.write('erase a session', () => this.#eraseStep(key, limit));
  }

  async eraseTraces(userId: string): Promise<void> {
    await this.#deadLetters.eraseUser(userId);
  }

  /**
   * `secure_delete` zeroes what is deleted, but not the copies that a B-tree leaves in the free space
   * of its pages when it moves rows between them: erased texts were found there (SQLite 3.53). Only
   * VACUUM, which writes every page anew, is sure to leave none; 150 MB took 0.8 s. The checkpoint then
   * brings the new pages into the file and empties the log, which still holds the old ones.
   *
   * @throws AppError `unavailable` while another process reads or writes: to be repeated.
   */
  async scrub(): Promise<void> {
    attempt('scrub erased bytes', () => {
      this.#db.exec('VACUUM');
      const checkpoint = 'PRAGMA wal_checkpoint(TRUNCATE)';
      const outcome = query<{ readonly busy: number }>(this.#db, checkpoint).get();
      if (outcome?.busy === 1) {
        throw new AppError('unavailable', 'The log still has readers; erased bytes may be in it');
      }
    });
  }

  async readReceipt(receiptId: string): Promise<ErasureReceipt | undefined> {
    return attempt('read a receipt', () => {
      const row = this.#readReceipt.get(receiptId);
      return row && decode<ErasureReceipt>(row.body, 'receipt');
    });
  }

  async putReceipt(receipt: ErasureReceipt): Promise<void> {
    attempt('put a receipt', () => this.#putReceipt.run(receipt.receiptId, encode(receipt)));
  }

  #eraseStep(key: SessionKey, limit: number): ErasedStep {
    const { items, segments, summaries, replays, totals } = this.#tables;
    const single = items.erase(key, limit);
    let left = limit - single;
    const packed = segments.erase(key, left);
    left -= packed.length;
    const told = summaries.erase(key, left);
    left -= told;
    left -= replays.erase(key, left);
    totals.add({ sessions: 0, summaries: -told, before: undefined, after: undefined });
    // With room left in this step nothing else can be: each table gave less than it was asked for.
    const isDone = left > 0;
    if (isDone) this.#eraseHead(key);
    return {
      isDone,
      items: packed.reduce((sum, count) => sum + count, single),
      segments: packed.length,
      summaries: told,
    };
  }

  #eraseHead(key: SessionKey): void {
    const { sessions, totals } = this.#tables;
    const before = sessions.stamp(key)?.tiers;
    const erased = sessions.delete(key);
    totals.add({ sessions: -erased, summaries: 0, before, after: undefined });
  }
}
