import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openConnection } from './connection.ts';
import { MIGRATIONS, migrateSchema } from './schema.ts';
import { query } from './statement.ts';

const root = mkdtempSync(join(tmpdir(), 'strata-connection-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(root, 'case-'));
  path = join(directory, 'strata.db');
});

const setting = (db: DatabaseSync, name: string): unknown =>
  Object.values(query<object>(db, `PRAGMA ${name}`).get() ?? {})[0];

describe('a new store', () => {
  it('is created with its directories, for this user alone', () => {
    const nested = join(directory, 'a', 'b', 'strata.db');
    openConnection(nested).close();
    expect(statSync(nested).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'a', 'b')).mode & 0o777).toBe(0o700);
  });

  it('syncs every commit, overwrites what is deleted, and shares a write-ahead log', () => {
    const db = openConnection(path);
    expect(setting(db, 'journal_mode')).toBe('wal');
    expect(setting(db, 'synchronous')).toBe(2);
    expect(setting(db, 'secure_delete')).toBe(1);
    expect(setting(db, 'busy_timeout')).toBe(5_000);
    expect(setting(db, 'user_version')).toBe(3);
    db.close();
  });
});

describe('a store that is there', () => {
  it('is opened without a write', () => {
    openConnection(path).close();
    const before = readFileSync(path);
    openConnection(path).close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is refused when a newer version wrote it, and stays as it is', () => {
    const newer = openConnection(path);
    newer.exec('PRAGMA user_version = 7');
    newer.close();
    expect(() => openConnection(path)).toThrow(
      `Cannot use the store ${path}: its schema is version 7, this version of Strata knows up to 3: upgrade Strata`,
    );
    const again = new DatabaseSync(path);
    expect(setting(again, 'user_version')).toBe(7);
    again.close();
  });

  it('is refused with a code that tells a caller what kind of failure it is', () => {
    writeFileSync(path, 'not a database, but long enough to look at '.repeat(50));
    expect(() => openConnection(path)).toThrow(
      expect.objectContaining({ name: 'AppError', code: 'invalid-argument' }),
    );
  });
});

describe('what is no store', () => {
  it('a file of another kind is refused and left alone', () => {
    const text = 'not a database, but long enough to look at '.repeat(50);
    writeFileSync(path, text);
    expect(() => openConnection(path)).toThrow(
      `Cannot use the store ${path}: it is not a SQLite database; move it away or choose another data directory`,
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('the database of another program is refused and left alone', () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE items (id INTEGER PRIMARY KEY)');
    other.close();
    expect(() => openConnection(path)).toThrow(
      `Cannot use the store ${path}: it is the database of another program`,
    );
    const again = new DatabaseSync(path);
    expect(query(again, 'SELECT name FROM sqlite_schema').all()).toHaveLength(1);
    again.close();
  });

  it('a path below a file is refused in one line', () => {
    writeFileSync(path, '');
    const below = join(path, 'strata.db');
    expect(() => openConnection(below)).toThrow(
      /^Cannot use the store .+: make it writable or choose another data directory \(.+\)$/,
    );
  });

  it('a directory in its place is refused in one line', () => {
    mkdirSync(path);
    expect(() => openConnection(path)).toThrow(/make it writable or choose another.+EISDIR/);
  });
});

describe('migrations', () => {
  const fresh = () => new DatabaseSync(path);
  const tables = (db: DatabaseSync) =>
    query<{ readonly name: string }>(db, 'SELECT name FROM sqlite_schema ORDER BY name')
      .all()
      .map(({ name }) => name);

  it('take a database from any version to the current one, each step once', () => {
    const db = fresh();
    migrateSchema(db, ['CREATE TABLE a (x)']);
    expect(tables(db)).toEqual(['a']);
    migrateSchema(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
    migrateSchema(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
    expect(tables(db)).toEqual(['a', 'b']);
    expect(setting(db, 'user_version')).toBe(2);
    db.close();
  });

  it('give a dead letter from before it had an end 30 days, whatever it holds', () => {
    const db = fresh();
    migrateSchema(db, MIGRATIONS.slice(0, 2));
    const add = db.prepare('INSERT INTO dead_letters (user_id, body) VALUES (?, ?)');
    add.run('u', '{"atMs":1000,"data":"a\\u0000b\\ud800"}');
    add.run('u', '{"data":1}');
    add.run('u', 'damaged');
    migrateSchema(db);
    const ends = query<{ readonly at: number }>(
      db,
      'SELECT expires_at_ms AS at FROM dead_letters ORDER BY ordinal',
    );
    expect(ends.all().map(({ at }) => at)).toEqual([2_592_001_000, 2_592_000_000, 2_592_000_000]);
    db.close();
  });

  it('leave nothing behind when a step fails', () => {
    const db = fresh();
    expect(() => migrateSchema(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x) STRICT'])).toThrow(
      'missing datatype',
    );
    expect(tables(db)).toEqual([]);
    expect(setting(db, 'user_version')).toBe(0);
    db.close();
  });
});
