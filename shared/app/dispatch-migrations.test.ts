import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE, openSystem, type System } from '../components/embedded.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { NOTHING_MOVED } from '../domain/migration.ts';
import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts';
import { type Deadline, deadlineAfter } from '../kernel/deadline.ts';
import { StrataOptions } from '../options.ts';
import type { DueSession, SessionIndex } from '../ports/session-index.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import { leaseSession, MIGRATION_LEASE_MS } from './lease-session.ts';
import { migrateTiers } from './migrate-tiers.ts';

type Instance = System<InProcessEventBus>;

interface Sharing {
  readonly shards?: number;
  /** Hears of sessions before whoever listed them does. */
  readonly listed?: (due: readonly DueSession[]) => Promise<void>;
}

/** An instance that shares its work with others over a bus that this test listens to. */
async function sharing({ clock, dataDir }: TemporaryMemory, { shards = 1, listed }: Sharing = {}) {
  const stores = openSqlite({ path: join(dataDir, DATABASE_FILE), clock });
  const instance: Instance = await openSystem({
    ...{ options: StrataOptions.parse({}), dataDir, clock, isShared: true },
    stores: {
      ...stores,
      epoch: () => stores.epoch(),
      index: divided(stores.index, shards, listed),
    },
    openBus: (needs) => new InProcessEventBus({ ...needs, timers: clock }),
  });
  onTestFinished(() => instance.close());
  const handed: string[] = [];
  instance.bus.subscribe('memory-migrate', 'test', async ({ data, orderingKey }) => {
    if (orderingKey) handed.push(String(data['sessionId']));
  });
  return { instance, handed };
}

/** An index with shards of its own, by the number in a session's name. */
function divided(
  index: SessionIndex,
  shards: number,
  listed: Sharing['listed'] = async () => undefined,
): SessionIndex {
  const shardOf = ({ sessionId }: DueSession) => Number(sessionId.slice(1)) % shards;
  const listDue: SessionIndex['listDue'] = async (kind, { nowMs, limit, shard }) => {
    const all = await index.listDue(kind, { nowMs, limit: Number.MAX_SAFE_INTEGER });
    const some = all.filter((one) => shard === undefined || shardOf(one) === shard).slice(0, limit);
    await listed(some);
    return some;
  };
  return {
    shards,
    listDue,
    countDue: async (kind, nowMs, shard) =>
      (await listDue(kind, { nowMs, limit: Number.MAX_SAFE_INTEGER, shard })).length,
    listSessions: (userId, page) => index.listSessions(userId, page),
    totals: () => index.totals(),
    listAll: (page) => index.listAll(page),
    readSweep: () => index.readSweep(),
    writeSweep: (sweep) => index.writeSweep(sweep),
  };
}

const NO_ACCESSES_WRITTEN = { counts: NOTHING_MOVED, sessions: 0 };

function storesOf({ dataDir, clock }: TemporaryMemory) {
  const stores = openSqlite({ path: join(dataDir, DATABASE_FILE), clock });
  onTestFinished(() => stores.close());
  return stores;
}

const headOf = (temp: TemporaryMemory) =>
  storesOf(temp).store.loadHead(sessionKeyOf({ userId: USER, sessionId: 's' }));

/** Leases every session before whoever listed it hears of it. */
const leaseAll = (temp: TemporaryMemory) => async (due: readonly DueSession[]) => {
  const deps = { store: storesOf(temp).store, clock: temp.clock, leaseMs: MIGRATION_LEASE_MS };
  for (const session of due) await leaseSession(deps, sessionKeyOf(session));
};

const old = ({ clock }: TemporaryMemory, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    content: `Message ${n}`,
    contentType: 'user_message',
    createdAtMs: clock.now() - 40 * DAY_MS,
  }));

async function appendSessions(temp: TemporaryMemory, count: number): Promise<string[]> {
  const sessionIds = Array.from({ length: count }, (_, n) => `s${String(n).padStart(3, '0')}`);
  for (const sessionId of sessionIds) await temp.append(sessionId, ...old(temp, 1));
  return sessionIds;
}

const migrate = async ({ memory, bus, clock }: Instance, deadline?: Deadline) => {
  const report = await memory.migrateTiers({
    dryRun: false,
    deadline: deadline ?? deadlineAfter(MINUTE_MS, clock),
  });
  await bus.drain();
  return report;
};

/** Lets a number of steps through, then says that time is up. */
const stepsOnly = (steps: number): Deadline => {
  let left = steps;
  return { remainingMs: () => left, isNear: () => left-- <= 0 };
};

/** The sessions that a run comes to, in its order, when it can move nothing in any of them. */
async function visits(temp: TemporaryMemory, instance: Instance): Promise<readonly string[]> {
  const visited: string[] = [];
  await migrateTiers(
    {
      ...instance,
      ...{ store: storesOf(temp).store, flushAccesses: async () => NO_ACCESSES_WRITTEN },
      migrateSession: async ({ sessionId }) => {
        visited.push(sessionId);
        // Ends a run that would go on for ever.
        if (visited.length > 200) throw new TypeError('Visited too often');
        return { ...NOTHING_MOVED, isDone: true };
      },
      previewMigration: async () => NOTHING_MOVED,
      previewFlush: async () => NO_ACCESSES_WRITTEN,
      sweepRetention: async () => undefined,
      requestSummary: async () => undefined,
      fanOut: { lease: async () => true, dispatch: async () => 0 },
    },
    { dryRun: false, deadline: deadlineAfter(MINUTE_MS, temp.clock) },
  );
  return visited;
}

const tierOf = async ({ memory }: Instance, sessionId: string) =>
  (await memory.coverage({ userId: USER, sessionId })).ranges[0]?.tier;

describe('a migration that is shared', () => {
  it('does a few sessions itself', async () => {
    const temp = await memoryOfTest();
    const { instance, handed } = await sharing(temp);
    await appendSessions(temp, 3);
    expect(await migrate(instance)).toMatchObject({ sessions: 3, warmToCold: 3, remaining: 0 });
    expect(handed).toEqual([]);
  });

  it('hands many out, each once, and the workers finish them', async () => {
    const temp = await memoryOfTest();
    const { instance, handed } = await sharing(temp);
    const sessionIds = await appendSessions(temp, 201);
    const report = await migrate(instance);
    expect(report).toMatchObject({ sessions: 0, warmToCold: 0, remaining: 201 });
    expect(handed.toSorted()).toEqual(sessionIds);
    // Nothing is due while the leases last.
    expect(await migrate(instance)).toMatchObject({ sessions: 0, remaining: 0 });
    expect(handed).toHaveLength(201);
    const deadline = deadlineAfter(MINUTE_MS, temp.clock);
    for (const sessionId of handed)
      await instance.memory.migrateSession({ userId: USER, sessionId }, deadline);
    expect(await tierOf(instance, 's000')).toBe('cold');
    temp.clock.advance(11 * MINUTE_MS);
    expect(await migrate(instance)).toMatchObject({ sessions: 0, remaining: 0 });
    expect(handed).toHaveLength(201);
  });

  it('hands no session out twice when two instances do it at once', async () => {
    const temp = await memoryOfTest();
    const [one, two] = [await sharing(temp), await sharing(temp)];
    const sessionIds = await appendSessions(temp, 250);
    const reports = await Promise.all([migrate(one.instance), migrate(two.instance)]);
    expect([...one.handed, ...two.handed].toSorted()).toEqual(sessionIds);
    expect(reports.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(250);
  });

  it('hands out again what nobody finished, when its lease has run out', async () => {
    const temp = await memoryOfTest();
    const { instance, handed } = await sharing(temp);
    await appendSessions(temp, 201);
    await migrate(instance);
    temp.clock.advance(9 * MINUTE_MS);
    await migrate(instance);
    expect(handed).toHaveLength(201);
    temp.clock.advance(2 * MINUTE_MS);
    await migrate(instance);
    expect(handed).toHaveLength(402);
  });

  it('hands the rest of a long session on when time is up, and it is gone on with', async () => {
    const temp = await memoryOfTest();
    const { instance, handed } = await sharing(temp);
    await temp.append('long', ...old(temp, 500));
    const first = await migrate(instance, stepsOnly(3));
    expect(first.warmToCold).toBe(400);
    expect(first.remaining).toBe(1);
    expect(handed).toEqual(['long']);
    const session = { userId: USER, sessionId: 'long' };
    const deadline = deadlineAfter(MINUTE_MS, temp.clock);
    expect(await instance.memory.migrateSession(session, deadline)).toMatchObject({
      warmToCold: 100,
    });
    expect(await migrate(instance)).toMatchObject({ sessions: 0, remaining: 0 });
  });

  it('gives a lease up when nothing is left, also after a last full page', async () => {
    const temp = await memoryOfTest();
    const { instance } = await sharing(temp);
    await temp.append('s', ...old(temp, 400));
    await temp.append('s', ...old(temp, 400), 'not due');
    expect(await migrate(instance)).toMatchObject({ warmToCold: 800, remaining: 0 });
    expect(await instance.index.countDue('tier', temp.clock.now() + DAY_MS)).toBe(0);
  });

  it('hands out shards when even handing out is too much for one, and each does its own', async () => {
    const temp = await memoryOfTest({ options: { tokenCounter: 'estimate' } });
    const { instance, handed } = await sharing(temp, { shards: 2 });
    const shards: unknown[] = [];
    instance.bus.subscribe('memory-migrate', 'shards', async ({ data }) => {
      if ('shard' in data) shards.push(data);
    });
    const sessionIds = await appendSessions(temp, 401);
    const report = await migrate(instance);
    expect(report).toMatchObject({ sessions: 0, remaining: 401 });
    expect(shards).toEqual([
      { version: 1, shard: 0 },
      { version: 1, shard: 1 },
    ]);
    expect(handed).toEqual([]);
    // 201 sessions are handed out; 200 are done where they are.
    const deadline = deadlineAfter(MINUTE_MS, temp.clock);
    const run = (shard: number) => instance.memory.migrateTiers({ dryRun: false, deadline, shard });
    expect(await run(0)).toMatchObject({ sessions: 0, remaining: 201 });
    await instance.bus.drain();
    expect(handed.toSorted()).toEqual(sessionIds.filter((_, n) => n % 2 === 0));
    expect(await run(1)).toMatchObject({ sessions: 200, remaining: 0 });
    expect(handed).toHaveLength(201);
    expect(await migrate(instance)).toMatchObject({ sessions: 0, remaining: 0 });
  });

  it('leaves a session to whoever leased it since it was listed', async () => {
    const temp = await memoryOfTest();
    const { instance, handed } = await sharing(temp, { listed: leaseAll(temp) });
    await appendSessions(temp, 3);
    expect(await migrate(instance)).toMatchObject({ sessions: 0, warmToCold: 0, remaining: 0 });
    expect(handed).toEqual([]);
    expect(await tierOf(instance, 's000')).toBe('hot');
    // A message is about a session that is leased for it.
    const session = { userId: USER, sessionId: 's000' };
    await instance.memory.migrateSession(session, deadlineAfter(MINUTE_MS, temp.clock));
    expect(await tierOf(instance, 's000')).toBe('cold');
  });

  it('commits once for a session of one step, and holds no lease before', async () => {
    const temp = await memoryOfTest();
    const { instance } = await sharing(temp);
    await temp.append('s', ...old(temp, 400));
    const { version = 0 } = (await headOf(temp)) ?? {};
    await migrate(instance);
    expect(await headOf(temp)).toMatchObject({ version: version + 1 });
  });

  it('begins anywhere in the list, so that runs at the same time seldom meet', async () => {
    const temp = await memoryOfTest();
    const { instance } = await sharing(temp);
    await appendSessions(temp, 20);
    const firsts = new Set<string | undefined>();
    for (let run = 0; run < 20; run++) firsts.add((await visits(temp, instance))[0]);
    expect(firsts.size).toBeGreaterThan(1);
  });

  it('looks once at each session that has nothing to move, however long it is listed as due', async () => {
    const temp = await memoryOfTest();
    const { instance } = await sharing(temp);
    const sessionIds = await appendSessions(temp, 60);
    expect((await visits(temp, instance)).toSorted()).toEqual(sessionIds);
  });

  it('keeps a damaged session from everybody for a while, and hands it to nobody', async () => {
    const temp = await memoryOfTest();
    const { instance, handed } = await sharing(temp);
    await temp.append('s', ...old(temp, 3));
    await migrate(instance);
    await temp.append('s', ...old(temp, 3));
    const db = new DatabaseSync(join(temp.dataDir, DATABASE_FILE));
    db.exec('UPDATE segments SET bytes = zeroblob(length(bytes))');
    db.close();
    expect(await migrate(instance)).toMatchObject({ sessions: 0, remaining: 1 });
    expect(await instance.index.countDue('tier', temp.clock.now())).toBe(0);
    temp.clock.advance(11 * MINUTE_MS);
    expect(await instance.index.countDue('tier', temp.clock.now())).toBe(1);
    expect(handed).toEqual([]);
  });
});
