import type { StatementSync } from 'node:sqlite';
import { attempt } from './sqlite-error.ts';
import type { Db } from './statement.ts';

/** Runs several statements as one step. */
export class Transactions {
  readonly #beginRead: StatementSync;
  readonly #beginWrite: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;

  constructor(db: Db) {
    this.#beginRead = db.prepare('BEGIN');
    // The write lock at once: a transaction that reads first and then wants to write can find
    // that another process wrote in between, and no waiting helps it.
    this.#beginWrite = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
  }

  /** Everything read inside comes from one snapshot. */
  read<T>(operation: string, run: () => T): T {
    return this.#within(this.#beginRead, operation, run);
  }

  /** Everything written inside becomes durable and visible at once; on a failure nothing does. */
  write<T>(operation: string, run: () => T): T {
    return this.#within(this.#beginWrite, operation, run);
  }

  #within<T>(begin: StatementSync, operation: string, run: () => T): T {
    return attempt(operation, () => {
      begin.run();
      try {
        const result = run();
        this.#commit.run();
        return result;
      } catch (thrown) {
        this.#undo();
        throw thrown;
      }
    });
  }

  #undo(): void {
    try {
      this.#rollback.run();
    } catch {
      // SQLite has already rolled back (a full disk, an I/O error); the first failure is the one to tell.
    }
  }
}
