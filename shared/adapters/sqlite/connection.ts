import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../kernel/app-error.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import { migrateSchema } from './schema.ts';
import { resultCodeOf } from './sqlite-error.ts';
import { query } from './statement.ts';

/** A commit waits this long for those of other processes, each of which takes about 1 ms. */
const BUSY_TIMEOUT_MS = 5 * SECOND_MS;

/** A database that lives and dies with its connection, for tests. */
export const IN_MEMORY = ':memory:';

/** Two processes that switch a new file to WAL at once: SQLite gives up without waiting. */
const WAL_ATTEMPTS = 100;
const WAL_WAIT_MS = 20;

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/**
 * Opens or creates the file, and brings its schema up to date.
 *
 * @throws AppError `invalid-argument` with one line that says what to do when the file can't be
 *   written, is not Strata's, or is from a newer version.
 */
export function openConnection(path: string, busyTimeoutMs = BUSY_TIMEOUT_MS): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (path !== IN_MEMORY) createPrivately(path);
    db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    configure(db, path);
    migrateSchema(db);
    return db;
  } catch (cause) {
    db?.close();
    throw startFailure(path, cause);
  }
}

/** Memories are private: what is created here is for this user alone. SQLite's own files follow. */
function createPrivately(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

function configure(db: DatabaseSync, path: string): void {
  // First of all: it fails on a file that is no database, before anything is written to it.
  db.exec('PRAGMA schema_version');
  if (path !== IN_MEMORY) useWal(db);
  // An acknowledged commit survives power loss, not only the end of the process.
  db.exec('PRAGMA synchronous = FULL');
  // What is deleted is overwritten in place; see SqliteErasureStore.scrub for what that leaves.
  db.exec('PRAGMA secure_delete = ON');
  // After a large migration the log gives its disk space back.
  db.exec('PRAGMA journal_size_limit = 67108864');
}

function useWal(db: DatabaseSync): void {
  const mode = query<{ readonly journal_mode: string }>(db, 'PRAGMA journal_mode');
  for (let left = WAL_ATTEMPTS; mode.get()?.journal_mode !== 'wal'; left--) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
    } catch (thrown) {
      if (resultCodeOf(thrown) !== SQLITE_BUSY || left === 0) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_WAIT_MS);
      continue;
    }
    if (mode.get()?.journal_mode !== 'wal') {
      throw new AppError('invalid-argument', 'its file system cannot share a write-ahead log');
    }
  }
}

function startFailure(path: string, cause: unknown): AppError {
  if (resultCodeOf(cause) === SQLITE_BUSY) {
    const message = `The store ${path} is locked by another process: end that one or try again`;
    return new AppError('unavailable', message, { cause });
  }
  return new AppError('invalid-argument', `Cannot use the store ${path}: ${adviceOn(cause)}`, {
    cause,
  });
}

function adviceOn(cause: unknown): string {
  if (cause instanceof AppError) return cause.message;
  if (resultCodeOf(cause) === SQLITE_NOTADB) {
    return 'it is not a SQLite database; move it away or choose another data directory';
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return `make it writable or choose another data directory (${why})`;
}
