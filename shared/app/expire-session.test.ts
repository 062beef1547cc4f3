import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import type { HistoryQuery } from './memory.ts';

const session = { userId: USER, sessionId: 's' };
const texts = (count: number, from = 1) =>
  Array.from(
    { length: count },
    (_, index) => `Message ${from + index} tells of gate G${from + index}.`,
  );

/** Keeps the session for 30 days: `old` is 29 days old then, `fresh` is new. */
async function aMonthOld(old: number, fresh: number): Promise<TemporaryMemory> {
  const temp = await memoryOfTest();
  await keep(temp, 30, ...texts(old));
  temp.clock.advance(29 * DAY_MS);
  await temp.append('s', ...texts(fresh, old + 1));
  return temp;
}

async function keep({ system, clock }: TemporaryMemory, retentionDays: number, ...all: string[]) {
  const items = all.map((content) => ({ content, contentType: 'user_message' }));
  const command = { ...session, items, startedAtMs: clock.now(), isEvent: false, retentionDays };
  return system.memory.append(command);
}

const migrate = ({ system, clock }: TemporaryMemory) =>
  system.memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, clock) });
const contextOf = ({ system }: TemporaryMemory) =>
  system.memory.context({ ...session, format: 'openai', explain: false });
const seqsOf = async ({ system }: TemporaryMemory, part: Partial<HistoryQuery> = {}) => {
  const query = { ...session, order: 'asc', limit: 500, ...part } as const;
  return (await system.memory.history(query)).items.map(({ seq }) => seq);
};
const exported = async ({ system }: TemporaryMemory): Promise<unknown> => {
  const lines: unknown[] = [];
  for await (const line of system.memory.exportUser(USER)) lines.push(line);
  return lines;
};
const total = async ({ system }: TemporaryMemory) => {
  const { tiers, summaries } = await system.index.totals();
  return { items: tiers.hot.items + tiers.warm.items + tiers.cold.items, summaries };
};

describe('an expired item', () => {
  const pageOf =
    (part: Partial<HistoryQuery>) =>
    ({ system }: TemporaryMemory) =>
      system.memory.history({ ...session, order: 'asc', limit: 500, ...part });
  const gatesIn = (answer: unknown) => [...new Set(JSON.stringify(answer).match(/\bG\d+/g) ?? [])];
  it.each([
    ['a context', contextOf, ['G4', 'G5']],
    ['the history', pageOf({}), ['G4', 'G5']],
    ['the history, newest first', pageOf({ order: 'desc' }), ['G5', 'G4']],
    ['the history from a cursor on', pageOf({ fromSeq: 2 }), ['G4', 'G5']],
    ['the history back from a cursor', pageOf({ fromSeq: 3, order: 'desc' }), []],
    ['an export', exported, ['G4', 'G5']],
  ])('is in no answer, where %s is the first to look', async (_name, read, left) => {
    const temp = await aMonthOld(3, 2);
    expect(gatesIn(await read(temp))).toContain('G2');
    temp.clock.advance(DAY_MS);
    expect(gatesIn(await read(temp))).toEqual(left);
  });

  it('is not found by its id, nor changed, nor expanded from a summary', async () => {
    const temp = await aMonthOld(40, 5);
    await temp.system.memory.summarizeSession(session);
    const { summary } = await contextOf(temp);
    const page = { expand: true, limit: 1 };
    expect((await temp.system.memory.readSummary(summary?.id ?? '', page)).items).toHaveLength(1);
    temp.clock.advance(DAY_MS);
    const { memory } = temp.system;
    const absent = { code: 'not-found' };
    const id = (await memory.history({ ...session, order: 'asc', limit: 1 })).items[0]?.id ?? '';
    const gone = id.replace(/\d+$/, '40');
    expect(id).toMatch(/-41$/);
    await expect(memory.readItem(gone)).rejects.toMatchObject(absent);
    await expect(memory.patchItem(gone, { pinned: true })).rejects.toMatchObject(absent);
    await expect(memory.deleteItem(gone)).rejects.toMatchObject(absent);
    await expect(memory.readSummary(summary?.id ?? '', page)).rejects.toMatchObject(absent);
  });

  it.each([0, 8, 31])('is deleted by the sweep from where it lives after %d days', async (days) => {
    const temp = await memoryOfTest();
    await keep(temp, 60, ...texts(300));
    temp.clock.advance(days * DAY_MS);
    await migrate(temp);
    temp.clock.advance((50 - days) * DAY_MS);
    await temp.append('s', 'still here');
    temp.clock.advance(10 * DAY_MS);
    expect(await total(temp)).toEqual({ items: 301, summaries: 0 });
    await migrate(temp);
    expect(await total(temp)).toEqual({ items: 1, summaries: 0 });
    expect(await seqsOf(temp)).toEqual([301]);
    expect((await migrate(temp)).remaining).toBe(0);
  });

  it('is deleted by the sweep, batch after batch, also where all is cold and nobody asks', async () => {
    // So few that no request for a summary brings anybody here.
    const temp = await memoryOfTest();
    await keep(temp, 60, ...texts(15));
    temp.clock.advance(10 * DAY_MS);
    await temp.append('s', ...texts(5, 16));
    temp.clock.advance(40 * DAY_MS);
    await migrate(temp);
    expect((await temp.system.index.totals()).tiers.cold.items).toBe(20);
    for (const [days, left] of [
      [9, 20],
      [1, 5],
      [9, 5],
      [1, 0],
    ] as const) {
      temp.clock.advance(days * DAY_MS);
      await migrate(temp);
      expect(await total(temp)).toMatchObject({ items: left });
    }
  });

  it('is reported as expired, and leaves no gap', async () => {
    const temp = await aMonthOld(3, 2);
    await temp.system.memory.deleteItem((await temp.append('s', 'six'))[0] ?? '');
    temp.clock.advance(DAY_MS);
    expect(await temp.system.memory.coverage(session)).toEqual({
      lastSeq: 6,
      ranges: [
        { fromSeq: 1, toSeq: 3, summarised: false, tier: 'expired' },
        { fromSeq: 4, toSeq: 5, summarised: false, tier: 'hot' },
        { fromSeq: 6, toSeq: 6, summarised: false, tier: 'deleted' },
      ],
      gaps: [],
    });
  });

  it('takes the summary and the facts that tell of it along, and a new one tells of what is left', async () => {
    const temp = await aMonthOld(30, 40);
    await temp.system.memory.summarizeSession(session);
    expect(JSON.stringify(await contextOf(temp))).toContain('G1.');
    temp.clock.advance(DAY_MS);
    let asked = 0;
    temp.system.bus.subscribe('memory-summarize', 'test', async () => {
      asked++;
      await temp.system.memory.summarizeSession(session);
    });
    const without = await contextOf(temp);
    expect(without.summary).toBeNull();
    await temp.system.bus.drain();
    expect(asked).toBe(1);
    const { summary, facts, messages } = await contextOf(temp);
    expect(summary).not.toBeNull();
    const told = JSON.stringify({ summary, facts, messages });
    for (let gate = 1; gate <= 30; gate++) expect(told).not.toMatch(new RegExp(`G${gate}\\b`));
    expect(told).toContain('G31');
  });

  it('goes whether or not it is pinned, and with it its place in front', async () => {
    const temp = await aMonthOld(2, 1);
    const { items } = await temp.system.memory.history({ ...session, order: 'asc', limit: 1 });
    await temp.system.memory.patchItem(items[0]?.id ?? '', { pinned: true });
    temp.clock.advance(DAY_MS);
    expect((await contextOf(temp)).items.map(({ seq }) => seq)).toEqual([3]);
  });

  it('stays while an item before it stays: they go in the order of the session', async () => {
    const temp = await memoryOfTest();
    await keep(temp, 30, 'new');
    const createdAtMs = temp.clock.now() - 40 * DAY_MS;
    await temp.append('s', { content: 'imported', contentType: 'user_message', createdAtMs });
    expect(await seqsOf(temp)).toEqual([1, 2]);
    temp.clock.advance(30 * DAY_MS);
    expect(await seqsOf(temp)).toEqual([]);
  });

  it('was older than its retention when it came: it is gone at once', async () => {
    const temp = await memoryOfTest();
    const createdAtMs = temp.clock.now() - 40 * DAY_MS;
    await temp.append('s', { content: 'imported', contentType: 'user_message', createdAtMs });
    await keep(temp, 30, 'new');
    expect(await seqsOf(temp)).toEqual([2]);
  });

  it('is told of as deleted, one by one, by its id alone', async () => {
    const temp = await aMonthOld(2, 1);
    const told: unknown[] = [];
    temp.system.bus.subscribe('memory-events', 'test', async ({ data }) => {
      if (data['type'] === 'item.deleted') told.push(data['itemId']);
    });
    temp.clock.advance(DAY_MS);
    await seqsOf(temp);
    await temp.system.bus.drain();
    expect(told).toEqual([expect.stringMatching(/-1$/), expect.stringMatching(/-2$/)]);
  });
});

describe('the retention', () => {
  it('is the default where the session says nothing, also of what was there before', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', 'one');
    const options = { ...temp.system.options, retentionDays: 30 };
    const { system } = await memoryOfTest({ options, clock: temp.clock });
    const items = [{ content: 'one', contentType: 'user_message' }];
    await system.memory.append({ ...session, items, startedAtMs: 0, isEvent: false });
    temp.clock.advance(30 * DAY_MS);
    expect(await seqsOf(temp)).toEqual([1]);
    expect((await system.memory.history({ ...session, order: 'asc', limit: 1 })).items).toEqual([]);
  });

  it('of a session is shorter or longer from the moment that it is said', async () => {
    const temp = await aMonthOld(1, 1);
    await keep(temp, 60, 'three');
    temp.clock.advance(5 * DAY_MS);
    expect(await seqsOf(temp)).toEqual([1, 2, 3]);
    await keep(temp, 5, 'four');
    expect(await seqsOf(temp)).toEqual([4]);
  });

  it('that is over leaves a session whose numbers go on', async () => {
    const temp = await aMonthOld(1, 1);
    temp.clock.advance(31 * DAY_MS);
    expect(await contextOf(temp)).toMatchObject({ summary: null, items: [] });
    await temp.append('s', 'three');
    expect(await seqsOf(temp)).toEqual([3]);
  });

  it('is kept while two instances meet the same items', async () => {
    const temp = await aMonthOld(300, 3);
    const other = await temp.open();
    temp.clock.advance(DAY_MS);
    const query = { ...session, order: 'asc', limit: 9 } as const;
    const pages = await Promise.all(
      [temp.system, other, temp.system, other].map(({ memory }) => memory.history(query)),
    );
    for (const { items } of pages) expect(items.map(({ seq }) => seq)).toEqual([301, 302, 303]);
    expect(await total(temp)).toMatchObject({ items: 3 });
  });

  it('leaves everything as it is while a migration is only tried', async () => {
    const temp = await aMonthOld(3, 2);
    temp.clock.advance(DAY_MS);
    await temp.system.memory.migrateTiers({
      dryRun: true,
      deadline: deadlineAfter(60_000, temp.clock),
    });
    expect(await total(temp)).toMatchObject({ items: 5 });
  });
});
