import { expect, it } from 'vitest';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE } from '../components/embedded.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { type Deadline, deadlineAfter } from '../kernel/deadline.ts';
import type { ManualClock } from '../testing/manual-clock.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import { SWEPT_PER_RUN } from './sweep-retention.ts';

/** Sessions whose items are all cold, and which nothing is due for. */
async function silent(count: number): Promise<TemporaryMemory> {
  const temp = await memoryOfTest();
  const createdAtMs = temp.clock.now() - 40 * DAY_MS;
  const item = { content: 'said long ago', contentType: 'user_message', createdAtMs };
  for (let n = 0; n < count; n++) await temp.append(`s${n}`, item);
  await run(temp);
  expect(await temp.system.index.countDue('tier', Number.MAX_SAFE_INTEGER)).toBe(0);
  return temp;
}

/** The same data under another default, and what the store is asked from now on. */
async function reopened({ dataDir, clock }: TemporaryMemory, retentionDays: number) {
  const asked: string[] = [];
  const temp = await memoryOfTest({
    clock,
    options: { retentionDays },
    openStores: (time: ManualClock) => {
      const stores = openSqlite({ path: `${dataDir}/${DATABASE_FILE}`, clock: time });
      const { index } = stores;
      const listAll: typeof index.listAll = (page) => {
        asked.push(`all from ${page.after === undefined ? 'the start' : 'there'}`);
        return index.listAll(page);
      };
      return { ...stores, index: { ...delegating(index), listAll } };
    },
  });
  return { temp, asked };
}

type Index = TemporaryMemory['system']['index'];
const delegating = (index: Index): Index => ({
  shards: index.shards,
  listSessions: (userId, page) => index.listSessions(userId, page),
  listDue: (kind, query) => index.listDue(kind, query),
  countDue: (kind, nowMs, shard) => index.countDue(kind, nowMs, shard),
  totals: () => index.totals(),
  listAll: (page) => index.listAll(page),
  readSweep: () => index.readSweep(),
  writeSweep: (sweep) => index.writeSweep(sweep),
});

const run = (
  { system, clock }: TemporaryMemory,
  deadline: Deadline = deadlineAfter(60_000, clock),
) => system.memory.migrateTiers({ dryRun: false, deadline });
const left = async ({ system }: TemporaryMemory) => (await system.index.totals()).tiers.cold.items;

it('lets the migration find what a default that came later makes expire, though nobody asks for it', async () => {
  const before = await silent(3);
  const { temp } = await reopened(before, 60);
  await run(temp);
  expect(await left(temp)).toBe(3);
  temp.clock.advance(20 * DAY_MS);
  await run(temp);
  expect(await left(temp)).toBe(0);
});

it('finds at once what is past a default already', async () => {
  const { temp } = await reopened(await silent(3), 30);
  await run(temp);
  expect(await left(temp)).toBe(0);
});

it('finds what expires sooner under a shorter default', async () => {
  const before = await silent(2);
  const { temp: longer } = await reopened(before, 365);
  await run(longer);
  const { temp } = await reopened(before, 30);
  await run(temp);
  expect(await left(temp)).toBe(0);
});

it('keeps what a session wants to be kept for longer', async () => {
  const before = await silent(2);
  const items = [
    { content: 'stays', contentType: 'user_message', createdAtMs: before.clock.now() },
  ];
  const kept = { userId: USER, sessionId: 's1', retentionDays: 365, items };
  await before.system.memory.append({ ...kept, startedAtMs: before.clock.now(), isEvent: false });
  const { temp } = await reopened(before, 30);
  await run(temp);
  expect(await left(temp)).toBe(1);
});

it('looks at all sessions once for each default, however often it runs', async () => {
  const before = await silent(2);
  const { temp, asked } = await reopened(before, 300);
  for (let time = 0; time < 3; time++) await run(temp);
  expect(asked).toEqual(['all from the start']);
  const off = await reopened(before, 0);
  for (let time = 0; time < 3; time++) await run(off.temp);
  expect(off.asked).toEqual([]);
  const on = await reopened(before, 300);
  for (let time = 0; time < 3; time++) await run(on.temp);
  expect(on.asked).toEqual(['all from the start']);
});

it('looks at none where there never was a default', async () => {
  const { temp, asked } = await reopened(await silent(1), 0);
  await run(temp);
  expect(asked).toEqual([]);
  expect(await temp.system.index.readSweep()).toBeUndefined();
});

it('goes on where time was up the last time', async () => {
  const { temp, asked } = await reopened(await silent(201), 300);
  let steps = 1;
  await run(temp, { remainingMs: () => steps, isNear: () => steps-- <= 0 });
  expect(asked).toEqual(['all from the start']);
  expect(await temp.system.index.readSweep()).toMatchObject({ isDone: false });
  await run(temp);
  await run(temp);
  expect(asked).toEqual(['all from the start', 'all from there']);
  expect(await temp.system.index.countDue('tier', Number.MAX_SAFE_INTEGER)).toBe(201);
});

it('looks at so many in one run and no more', () => {
  expect(SWEPT_PER_RUN).toBe(5_000);
});
