import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { type Deadline, deadlineAfter } from '../kernel/deadline.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const session = { userId: USER, sessionId: 's' };

const aged = (temp: TemporaryMemory, count: number, days: number) =>
  Array.from({ length: count }, (_, index) => ({
    content: `Message ${index} of ${days} days ago`,
    contentType: 'user_message',
    createdAtMs: temp.clock.now() - days * DAY_MS,
  }));

const migrate = ({ system, clock }: TemporaryMemory, dryRun = false) =>
  system.memory.migrateTiers({ dryRun, deadline: deadlineAfter(60_000, clock) });

const tiersOf = async ({ system }: TemporaryMemory) =>
  (await system.memory.coverage(session)).ranges.map(({ fromSeq, toSeq, tier }) => [
    fromSeq,
    toSeq,
    tier,
  ]);

/** Lets a number of steps through, then says that time is up. */
const stepsOnly = (steps: number): Deadline => {
  let left = steps;
  return { remainingMs: () => left, isNear: () => left-- <= 0 };
};

describe('a migration', () => {
  it('moves each item to the tier of its age, and nothing when it is run again', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...aged(temp, 3, 40), ...aged(temp, 4, 10), ...aged(temp, 5, 1));
    expect(await tiersOf(temp)).toEqual([[1, 12, 'hot']]);
    expect(await migrate(temp)).toMatchObject({
      sessions: 1,
      hotToWarm: 4,
      warmToCold: 3,
      coldToWarm: 0,
      segmentsWritten: 1,
      remaining: 0,
    });
    const after = [
      [1, 3, 'cold'],
      [4, 7, 'warm'],
      [8, 12, 'hot'],
    ];
    expect(await tiersOf(temp)).toEqual(after);
    const again = await migrate(temp);
    expect(again).toMatchObject({ sessions: 0, hotToWarm: 0, warmToCold: 0, segmentsWritten: 0 });
    expect(await tiersOf(temp)).toEqual(after);
  });

  it('finds at once what may not be hot, or warm, for any time', async () => {
    const options = { hotTierMaxAgeDays: 0, warmTierMaxAgeDays: 0, minAccessCountWarm: 1_000 };
    const temp = await memoryOfTest({ options });
    await temp.append('s', 'one', 'two');
    temp.clock.advance(5);
    expect(await migrate(temp)).toMatchObject({ sessions: 1, warmToCold: 2 });
    await temp.append('s', 'three');
    temp.clock.advance(5);
    expect(await migrate(temp)).toMatchObject({ sessions: 1, warmToCold: 1 });
  });

  it('follows the items as time passes', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', 'one');
    temp.clock.advance(8 * DAY_MS);
    expect(await migrate(temp)).toMatchObject({ hotToWarm: 1 });
    temp.clock.advance(21 * DAY_MS);
    expect(await migrate(temp)).toMatchObject({ hotToWarm: 0, warmToCold: 0 });
    temp.clock.advance(2 * DAY_MS);
    expect(await migrate(temp)).toMatchObject({ warmToCold: 1 });
    const [item] = (await temp.system.memory.history({ ...session, order: 'asc', limit: 5 })).items;
    expect(item).toMatchObject({ seq: 1, content: 'one', tier: 'cold' });
  });

  it('brings back what is read often again, to warm and on to hot', async () => {
    const temp = await memoryOfTest();
    const [first = '', second = ''] = await temp.append('s', ...aged(temp, 5, 40));
    await migrate(temp);
    expect(await tiersOf(temp)).toEqual([[1, 5, 'cold']]);
    for (let time = 0; time < 2; time++) await temp.system.memory.readItem(first);
    for (let time = 0; time < 5; time++) await temp.system.memory.readItem(second);
    expect(await migrate(temp)).toMatchObject({ coldToWarm: 2, toHot: 1, sessions: 1 });
    expect(await tiersOf(temp)).toEqual([
      [1, 1, 'warm'],
      [2, 2, 'hot'],
      [3, 5, 'cold'],
    ]);
    // Unread for some months, both become cold again, and stand where they stood.
    temp.clock.advance(90 * DAY_MS);
    await migrate(temp);
    expect(await tiersOf(temp)).toEqual([[1, 5, 'cold']]);
  });

  it('counts accesses across a crash as far as they were written down', async () => {
    const temp = await memoryOfTest();
    const [id = ''] = await temp.append('s', 'one');
    await temp.system.memory.readItem(id);
    await temp.system.memory.readItem(id);
    await temp.system.memory.flushAccesses();
    const { memory } = await temp.crash();
    expect(await memory.readItem(id)).toMatchObject({ accessCount: 3 });
  });

  it('tells with dryRun what would move, and moves nothing', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...aged(temp, 450, 40));
    await temp.append('t', ...aged(temp, 2, 10));
    const before = await tiersOf(temp);
    expect(await migrate(temp, true)).toMatchObject({
      sessions: 2,
      hotToWarm: 2,
      warmToCold: 450,
      segmentsWritten: 3,
      remaining: 0,
    });
    expect(await tiersOf(temp)).toEqual(before);
  });

  it('tells with dryRun that what was read often lately would stay', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...aged(temp, 2, 40), ...aged(temp, 1, 10));
    const { memory } = temp.system;
    for (const _ of [1, 2]) await memory.history({ ...session, order: 'asc', limit: 1 });
    const moves = { sessions: 1, hotToWarm: 2, warmToCold: 1, segmentsWritten: 1 };
    expect(await migrate(temp, true)).toMatchObject(moves);
    expect(await migrate(temp)).toMatchObject(moves);
  });

  it('tells with dryRun what was read often enough to come back, and leaves it where it is', async () => {
    const temp = await memoryOfTest();
    const [first = '', second = ''] = await temp.append('s', ...aged(temp, 5, 40));
    await migrate(temp);
    const { memory } = temp.system;
    for (let time = 0; time < 2; time++) await memory.readItem(first);
    for (let time = 0; time < 5; time++) await memory.readItem(second);
    const moves = { coldToWarm: 2, toHot: 1, sessions: 1, segmentsWritten: 1 };
    expect(await migrate(temp, true)).toMatchObject(moves);
    expect(await migrate(temp, true)).toMatchObject(moves);
    expect(await tiersOf(temp)).toEqual([[1, 5, 'cold']]);
    expect(await migrate(temp)).toMatchObject(moves);
  });

  it('stops when time is up with its progress kept, says what remains, and is gone on with', async () => {
    const temp = await memoryOfTest();
    for (const sessionId of ['s', 't', 'u']) await temp.append(sessionId, ...aged(temp, 450, 40));
    const first = await temp.system.memory.migrateTiers({
      dryRun: false,
      deadline: stepsOnly(4),
    });
    expect(first.warmToCold).toBeGreaterThan(0);
    expect(first.warmToCold).toBeLessThan(1_350);
    expect(first.remaining).toBeGreaterThan(0);
    const rest = await migrate(temp);
    expect(first.warmToCold + rest.warmToCold).toBe(1_350);
    expect(rest.remaining).toBe(0);
  });

  it('does not forget the rest of what is due when one step takes only part of it', async () => {
    const temp = await memoryOfTest({ options: { tokenCounter: 'estimate' } });
    const large = 'Large. '.repeat(37_000);
    await temp.append('s', ...aged(temp, 10, 10).map((item) => ({ ...item, content: large })));
    const { migrateSession, migrateTiers } = temp.system.memory;
    expect(await migrateSession(session, stepsOnly(1))).toMatchObject({ hotToWarm: 8 });
    expect(await migrateTiers({ dryRun: false, deadline: stepsOnly(0) })).toMatchObject({
      remaining: 1,
    });
    expect(await migrate(temp)).toMatchObject({ hotToWarm: 2, remaining: 0 });
  });

  it('hands the rest on by event', async () => {
    const temp = await memoryOfTest();
    const handed: unknown[] = [];
    temp.system.bus.subscribe('memory-migrate', 'test', async ({ data }) => {
      handed.push(data);
    });
    for (const sessionId of ['s', 't']) await temp.append(sessionId, ...aged(temp, 3, 40));
    await temp.system.memory.migrateTiers({ dryRun: false, deadline: stepsOnly(0) });
    await temp.system.bus.drain();
    expect(handed).toEqual([
      { version: 1, userId: USER, sessionId: 's' },
      { version: 1, userId: USER, sessionId: 't' },
    ]);
  });

  it('twice at once moves every item once', async () => {
    const temp = await memoryOfTest();
    const other = await temp.open();
    for (const sessionId of ['s', 't']) await temp.append(sessionId, ...aged(temp, 450, 40));
    const deadline = deadlineAfter(60_000, temp.clock);
    const reports = await Promise.all(
      [temp.system, other].map(({ memory }) => memory.migrateTiers({ dryRun: false, deadline })),
    );
    expect(reports.reduce((sum, { warmToCold }) => sum + warmToCold, 0)).toBe(900);
    expect(await tiersOf(temp)).toEqual([[1, 450, 'cold']]);
  });

  it('stores segments as they are without compression', async () => {
    const temp = await memoryOfTest({ options: { enableCompression: false } });
    await temp.append('s', ...aged(temp, 3, 40));
    const { bytesBefore, bytesAfter } = await migrate(temp);
    expect(bytesAfter).toBeGreaterThan(bytesBefore / 4);
    const [row] = (await temp.system.memory.listSessions(USER, { limit: 1 })).sessions;
    expect(row?.tiers.cold.bytes).toBe(row?.tiers.cold.rawBytes);
  });

  it('stops for no damaged session: the others are migrated, the damaged one is reported', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...aged(temp, 3, 60));
    await migrate(temp);
    await temp.append('s', ...aged(temp, 3, 50));
    await temp.append('t', ...aged(temp, 3, 40));
    const db = new DatabaseSync(join(temp.dataDir, 'strata.db'));
    db.exec('UPDATE segments SET bytes = zeroblob(length(bytes))');
    db.close();
    const report = await migrate(temp);
    expect(report).toMatchObject({ sessions: 1, warmToCold: 3, remaining: 1 });
    const history = temp.system.memory.history({ ...session, order: 'asc', limit: 10 });
    await expect(history).rejects.toMatchObject({ code: 'data-loss' });
  });

  it('repeats a request for a summary that nobody answered', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...aged(temp, 30, 0));
    const asked: unknown[] = [];
    temp.system.bus.subscribe('memory-summarize', 'test', async ({ data }) => {
      asked.push(data);
    });
    await migrate(temp);
    temp.clock.advance(11 * 60_000);
    await migrate(temp);
    await migrate(temp);
    await temp.system.bus.drain();
    expect(asked).toEqual([{ version: 1, userId: USER, sessionId: 's' }]);
  });

  it('repeats all the requests that nobody answered, also when they are many', async () => {
    const temp = await memoryOfTest({ options: { summarizationThreshold: 1, maxContextItems: 1 } });
    for (let n = 0; n < 120; n++) await temp.append(`s${n}`, ...aged(temp, 3, 0));
    const asked = new Set<unknown>();
    temp.system.bus.subscribe('memory-summarize', 'test', async ({ data }) => {
      asked.add(data['sessionId']);
    });
    temp.clock.advance(11 * 60_000);
    await migrate(temp);
    await temp.system.bus.drain();
    expect(asked.size).toBe(120);
  });
});
