import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { portsOn } from './open-sqlite.ts';
import { migrateSchema } from './schema.ts';
import { query } from './statement.ts';

const TABLES = [
  'dead_letters',
  'items',
  'receipts',
  'replays',
  'secrets',
  'segments',
  'sessions',
  'summaries',
  'sweeps',
  'tombstones',
  'totals',
];

interface PlanStep {
  readonly detail: string;
}

const db = new DatabaseSync(':memory:');
migrateSchema(db);

const plan = (sql: string): string[] =>
  query<PlanStep>(db, `EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => detail);

const scansOf = (sql: string): string[] =>
  plan(sql).filter((detail) => TABLES.some((table) => detail.startsWith(`SCAN ${table}`)));

/** Every statement that the ports prepare, as they prepare it. */
function prepared(): readonly string[] {
  const statements = new Set<string>();
  const recording = {
    exec: (sql: string) => db.exec(sql),
    prepare: (sql: string) => {
      statements.add(sql);
      return db.prepare(sql);
    },
  };
  portsOn(recording, { now: () => 0 });
  return [...statements].filter((sql) => /^(SELECT|INSERT|UPDATE|DELETE)/.test(sql));
}

it('knows every table', () => {
  const names = query<{ readonly name: string }>(
    db,
    "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
  ).all();
  expect(names.map(({ name }) => name)).toEqual(TABLES);
});

it('sees at least one statement per table and kind', () => {
  const statements = prepared().join('\n');
  for (const table of TABLES) expect(statements).toContain(table);
  for (const verb of ['SELECT', 'INSERT', 'UPDATE', 'DELETE']) expect(statements).toContain(verb);
  expect(prepared().length).toBeGreaterThan(40);
});

it('answers every prepared statement through an index, never by reading a whole table', () => {
  const scans = prepared().flatMap((sql) => scansOf(sql).map((scan) => `${scan}: ${sql}`));
  expect(scans).toEqual([]);
});

it('would notice a statement that reads a whole table', () => {
  expect(scansOf('SELECT seq FROM items WHERE body = ?')).toEqual(['SCAN items']);
});

it('reads every order from an index, and sorts nothing', () => {
  const sorting = prepared().filter((sql) =>
    plan(sql).some((step) => step.includes('TEMP B-TREE')),
  );
  expect(sorting).toEqual([]);
});
