import type { StatementSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { sessionKeyOf } from '../../domain/ids.ts';
import { decodeSegment } from '../../domain/segment-codec.ts';
import type { LogSlice, SessionStore } from '../../ports/session-store.ts';
import {
  aMigration,
  anAppend,
  anUnpacking,
  aSegment,
  aSession,
  someItems,
} from '../../testing/builders.ts';
import { SqliteHarness } from '../../testing/sqlite-harness.ts';
import { openConnection } from './connection.ts';
import { portsOn } from './open-sqlite.ts';

const harness = new SqliteHarness();
afterAll(() => harness.dispose());

const session = aSession();
const key = sessionKeyOf(session);

/** The statement, with `before` called first, where another process could have its turn. */
const interrupted = (statement: StatementSync, before: () => void): StatementSync =>
  new Proxy(statement, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]) => {
        before();
        return Reflect.apply(member, target, values);
      };
    },
  });

type Move = 'packed' | 'unpacked';

/** Another client packs or unpacks items 3…5 just before the reader's `nth` SELECT. */
async function readWhileMoving(
  move: Move,
  nth: number,
  read: (store: SessionStore) => Promise<LogSlice>,
): Promise<{ readonly seqs: readonly number[]; readonly hasMoved: boolean }> {
  const { store } = await harness.create();
  const moved = someItems(3, 5);
  const rows = anAppend(session, someItems(1, 6));
  const packing = aMigration(rows.head, moved);
  const unpacking = anUnpacking(packing.head, aSegment(moved), moved);
  await store.commit(rows);
  if (move === 'unpacked') await store.commit(packing);
  let selects = 0;
  const moveAtTurn = () => {
    // The commit runs to its end within the call: SQLite is synchronous.
    if (++selects === nth) void store.commit(move === 'packed' ? packing : unpacking);
  };
  const db = openConnection(harness.path);
  const prepare = (sql: string) => {
    const statement = db.prepare(sql);
    return sql.startsWith('SELECT') ? interrupted(statement, moveAtTurn) : statement;
  };
  const reader = portsOn({ prepare, exec: (sql) => db.exec(sql) }, harness.clock);
  const { items, segments } = await read(reader.store);
  db.close();
  const seqs = [...items, ...segments.flatMap(decodeSegment)].map(({ seq }) => seq);
  return { seqs: seqs.sort((a, b) => a - b), hasMoved: selects >= nth };
}

const turns: readonly (readonly [Move, number])[] = [
  ['packed', 1],
  ['packed', 2],
  ['unpacked', 1],
  ['unpacked', 2],
  ['unpacked', 3],
];

it.each(turns)('shows a log whole when items are %s before its statement %i', async (move, nth) => {
  const query = { fromSeq: 1, order: 'asc', limit: 6 } as const;
  const { seqs, hasMoved } = await readWhileMoving(move, nth, (store) => store.readLog(key, query));
  expect(hasMoved).toBe(true);
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6]);
});

it.each(turns)('shows items whole when they are %s before its statement %i', async (move, nth) => {
  const wanted = [1, 3, 5, 99];
  const read = (store: SessionStore) => store.readSeqs(key, wanted);
  const { seqs, hasMoved } = await readWhileMoving(move, nth, read);
  expect(hasMoved).toBe(true);
  // A segment may hold neighbours that were not asked for.
  expect(seqs.filter((seq) => wanted.includes(seq))).toEqual([1, 3, 5]);
});
