import { AppError } from '../../kernel/app-error.ts';
import { type Db, query } from './statement.ts';

/** Marks the file as Strata's ("Stra"), so that no other program's database is taken for one. */
const APPLICATION_ID = 0x53_74_72_61;

/**
 * The steps from an empty file to the current schema; `user_version` counts those taken. A released
 * step never changes: what comes later is a step of its own.
 *
 * Identifiers are JSON-escaped. Instants are REAL: they may carry fractions of a millisecond.
 * `items` is clustered by session: interleaved sessions read back twice as fast as from a rowid
 * table, and a migration deletes three times as fast, at two thirds of the insert rate (2026-11).
 */
const V1 = `
CREATE TABLE sessions (
  session_key TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  last_item_at_ms REAL NOT NULL,
  due_at_ms REAL,
  summary_due_at_ms REAL,
  tiers TEXT NOT NULL,
  head TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, last_item_at_ms DESC, session_id);
CREATE INDEX sessions_due ON sessions (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX sessions_summary_due ON sessions (summary_due_at_ms)
  WHERE summary_due_at_ms IS NOT NULL;

CREATE TABLE items (
  session_key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  due_at_ms REAL,
  body TEXT NOT NULL,
  PRIMARY KEY (session_key, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_due ON items (session_key, due_at_ms) WHERE due_at_ms IS NOT NULL;

CREATE TABLE segments (
  session_key TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  span INTEGER NOT NULL,
  item_count INTEGER NOT NULL,
  info TEXT NOT NULL,
  accesses TEXT NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (session_key, first_seq)
) STRICT;
CREATE INDEX segments_by_span ON segments (session_key, span);

CREATE TABLE summaries (
  ordinal INTEGER PRIMARY KEY,
  session_key TEXT NOT NULL,
  summary_id TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (session_key, summary_id)
) STRICT;
CREATE INDEX summaries_in_order ON summaries (session_key, ordinal, from_seq, to_seq);

CREATE TABLE replays (
  session_key TEXT NOT NULL,
  replay_key TEXT NOT NULL,
  expires_at_ms REAL NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (session_key, replay_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX replays_by_expiry ON replays (expires_at_ms);

CREATE TABLE tombstones (
  user_id TEXT NOT NULL PRIMARY KEY,
  expires_at_ms REAL NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_expiry ON tombstones (expires_at_ms);

CREATE TABLE receipts (
  receipt_id TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
  ordinal INTEGER PRIMARY KEY,
  user_id TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX dead_letters_by_user ON dead_letters (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE totals (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sessions INTEGER NOT NULL DEFAULT 0,
  summaries INTEGER NOT NULL DEFAULT 0,
  hot_items INTEGER NOT NULL DEFAULT 0,
  hot_bytes INTEGER NOT NULL DEFAULT 0,
  hot_raw_bytes INTEGER NOT NULL DEFAULT 0,
  warm_items INTEGER NOT NULL DEFAULT 0,
  warm_bytes INTEGER NOT NULL DEFAULT 0,
  warm_raw_bytes INTEGER NOT NULL DEFAULT 0,
  cold_items INTEGER NOT NULL DEFAULT 0,
  cold_bytes INTEGER NOT NULL DEFAULT 0,
  cold_raw_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO totals (id) VALUES (1);
`;

const V2 = `
CREATE TABLE secrets (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Letters from before had no end: they get 30 days, the default. */
const V3 = `
ALTER TABLE dead_letters ADD COLUMN expires_at_ms REAL NOT NULL DEFAULT 0;
UPDATE dead_letters SET expires_at_ms =
  CASE WHEN json_valid(body) THEN coalesce(json_extract(body, '$.atMs'), 0) ELSE 0 END + 2592000000;
CREATE INDEX dead_letters_by_expiry ON dead_letters (expires_at_ms);

CREATE TABLE sweeps (
  name TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

export const MIGRATIONS: readonly string[] = [V1, V2, V3];

/**
 * Brings a database to the current schema, in one step that other processes see whole.
 *
 * @throws AppError `invalid-argument` when it is not Strata's or from a newer version.
 */
export function migrateSchema(db: Db, migrations: readonly string[] = MIGRATIONS): void {
  if (userVersion(db) === migrations.length && isStrata(db)) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    applySteps(db, migrations);
    db.exec('COMMIT');
  } catch (thrown) {
    db.exec('ROLLBACK');
    throw thrown;
  }
}

function applySteps(db: Db, migrations: readonly string[]): void {
  // Read again under the lock: another process may have migrated meanwhile.
  const version = userVersion(db);
  if (!isStrata(db) && !isEmpty(db)) {
    throw new AppError('invalid-argument', 'it is the database of another program');
  }
  if (version > migrations.length) {
    throw new AppError(
      'invalid-argument',
      `its schema is version ${version}, this version of Strata knows up to ${migrations.length}: upgrade Strata`,
    );
  }
  for (const step of migrations.slice(version)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
}

const userVersion = (db: Db): number =>
  query<{ readonly user_version: number }>(db, 'PRAGMA user_version').get()?.user_version ?? 0;

const isStrata = (db: Db): boolean =>
  query<{ readonly application_id: number }>(db, 'PRAGMA application_id').get()?.application_id ===
  APPLICATION_ID;

const isEmpty = (db: Db): boolean =>
  query<{ readonly tables: number }>(db, 'SELECT count(*) AS tables FROM sqlite_schema').get()
    ?.tables === 0;
