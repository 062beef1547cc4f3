import type { Clock } from '../../kernel/clock.ts';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import type { SessionIndex } from '../../ports/session-index.ts';
import type { SessionStore } from '../../ports/session-store.ts';
import { openConnection } from './connection.ts';
import { SqliteDeadLetters } from './dead-letters.ts';
import { SqliteErasureStore } from './erasure-store.ts';
import { SqliteSecrets } from './secrets.ts';
import { SqliteSessionIndex } from './session-index.ts';
import { SqliteSessionStore } from './session-store.ts';
import { attempt } from './sqlite-error.ts';
import { type Db, query } from './statement.ts';
import { prepareTables } from './tables.ts';
import { Transactions } from './transaction.ts';

export interface SqliteOptions {
  /** The file, created with its directory when it does not exist; `:memory:` keeps nothing. */
  readonly path: string;
  readonly clock: Clock;
  /** How long a write waits for another process before it is `unavailable`; default 5 s. */
  readonly busyTimeoutMs?: number;
}

/** The durable ports over one database. */
export interface SqlitePorts {
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly erasure: ErasureStore;
  readonly deadLetters: DeadLetters;
  readonly secrets: SecretStore;
  /**
   * Changes when another connection or process committed: what this process has cached may then be
   * old. Its own commits don't change it. About 1 µs.
   */
  epoch(): number;
}

export interface SqliteStores extends SqlitePorts {
  /** Closing again is not an error; anything else afterwards is `unavailable`. */
  close(): void;
}

/**
 * Opens the embedded durable store.
 *
 * @throws AppError `invalid-argument` when the file cannot be used, with what to do about it.
 */
export function openSqlite({ path, clock, busyTimeoutMs }: SqliteOptions): SqliteStores {
  const db = openConnection(path, busyTimeoutMs);
  const close = () => {
    if (db.isOpen) db.close();
  };
  return { ...portsOn(db, clock), close };
}

/** The ports over a database that is open and has its schema. */
export function portsOn(db: Db, clock: Clock): SqlitePorts {
  const tables = prepareTables(db);
  const transactions = new Transactions(db);
  const deadLetters = new SqliteDeadLetters(db, clock);
  const version = query<{ readonly data_version: number }>(db, 'PRAGMA data_version');
  return {
    store: new SqliteSessionStore({ tables, transactions, clock }),
    index: new SqliteSessionIndex(db, tables.totals),
    erasure: new SqliteErasureStore({ db, tables, transactions, deadLetters, clock }),
    deadLetters,
    secrets: new SqliteSecrets(db),
    epoch: () => attempt('read its epoch', () => version.get()?.data_version ?? 0),
  };
}
