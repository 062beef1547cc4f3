import { describe, expect, it, onTestFinished } from 'vitest';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { openSystem, type System } from '../components/embedded.ts';
import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts';
import { type Deadline, deadlineAfter } from '../kernel/deadline.ts';
import { StrataOptions } from '../options.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

type Instance = System<InProcessEventBus>;

/** An instance that shares its work with others over a bus that this test listens to. */
async function sharing({ clock, dataDir }: TemporaryMemory) {
  const instance: Instance = await openSystem({
    ...{ options: StrataOptions.parse({}), dataDir, clock, isShared: true },
    openBus: (needs) => new InProcessEventBus({ ...needs, timers: clock }),
  });
  onTestFinished(() => instance.close());
  const handed: string[] = [];
  instance.bus.subscribe('memory-migrate', 'test', async ({ data, orderingKey }) => {
    if (orderingKey) handed.push(String(data['sessionId']));
  });
  return { instance, handed };
}

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
    expect(first.warmToCold).toBe(200);
    expect(first.remaining).toBe(1);
    expect(handed).toEqual(['long']);
    const session = { userId: USER, sessionId: 'long' };
    const deadline = deadlineAfter(MINUTE_MS, temp.clock);
    expect(await instance.memory.migrateSession(session, deadline)).toMatchObject({
      warmToCold: 300,
    });
    expect(await migrate(instance)).toMatchObject({ sessions: 0, remaining: 0 });
  });

  it('leaves a session to whoever has leased it', async () => {
    const temp = await memoryOfTest();
    const [one, two] = [await sharing(temp), await sharing(temp)];
    await temp.append('s', ...old(temp, 450));
    const reports = await Promise.all([migrate(one.instance), migrate(two.instance)]);
    const moved = reports.map(({ warmToCold }) => warmToCold).toSorted((a, b) => a - b);
    expect(moved).toEqual([0, 450]);
  });
});
