import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const SECRET = 'zebra-quartz-7719';
const session = { userId: USER, sessionId: 's' };

/** A user with something in every place: hot, warm, cold, pins, summary, facts, keys, parked events. */
async function full(): Promise<TemporaryMemory> {
  const temp = await memoryOfTest({ options: { enableCompression: false } });
  const tell = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => ({
      content: `${SECRET} number ${name}${index} was told on Monday.`,
      contentType: 'user_message',
      idempotencyKey: `${SECRET}-${name}${index}`,
      pinned: name === 'b' && index === 0,
      metadata: { note: SECRET },
    }));
  const migrate = () =>
    temp.system.memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, temp.clock) });
  await temp.append('s', ...tell(60, 'a'));
  await temp.system.memory.summarizeSession(session);
  temp.clock.advance(40 * DAY_MS);
  await migrate();
  await temp.append('s', ...tell(10, 'b'));
  await temp.append('t', ...tell(3, 'c'));
  temp.clock.advance(10 * DAY_MS);
  await migrate();
  await temp.append('s', ...tell(5, 'd'));
  await temp.system.deadLetters.add({
    topic: 'memory-append',
    data: { userId: USER, content: SECRET },
    attributes: {},
    reason: 'invalid-argument: test',
    attempts: 1,
    atMs: temp.clock.now(),
    expiresAtMs: 9e12,
    userId: USER,
  });
  return temp;
}

const erase = ({ system, clock }: TemporaryMemory, budgetMs = 60_000) =>
  system.memory.eraseUser(USER, deadlineAfter(budgetMs, clock));

async function filesTell(dataDir: string): Promise<string[]> {
  const telling: string[] = [];
  for (const name of await readdir(dataDir)) {
    if ((await readFile(join(dataDir, name))).includes(SECRET)) telling.push(name);
  }
  return telling;
}

describe('an erasure', () => {
  it('leaves nothing of the user in any tier, cache, summary, trace, or byte of the files', async () => {
    const temp = await full();
    expect(await filesTell(temp.dataDir)).not.toEqual([]);
    const receipt = await erase(temp);
    expect(receipt).toMatchObject({
      userId: USER,
      status: 'erased',
      sessions: 2,
      items: 78,
      segments: 1,
      summaries: 1,
      cacheKeys: 2,
      verifiedEmpty: true,
    });
    const { memory, deadLetters } = temp.system;
    expect(await memory.history({ ...session, order: 'asc', limit: 10 })).toEqual({ items: [] });
    expect(await memory.coverage(session)).toEqual({ lastSeq: 0, ranges: [], gaps: [] });
    const context = await memory.context({ ...session, format: 'openai', explain: true });
    expect(context).toMatchObject({ summary: null, facts: [], items: [], messages: [] });
    expect((await memory.listSessions(USER, { limit: 10 })).sessions).toEqual([]);
    expect(await deadLetters.list(10)).toEqual([]);
    expect(await memory.readReceipt(receipt.receiptId)).toEqual(receipt);
    expect(await filesTell(temp.dataDir)).toEqual([]);
  });

  it('leaves other users alone, and the totals right', async () => {
    const temp = await full();
    const other = { userId: 'user-2', sessionId: 's' };
    const items = [{ content: 'stays', contentType: 'user_message' }];
    const startedAtMs = temp.clock.now();
    await temp.system.memory.append({ ...other, items, startedAtMs, isEvent: false });
    await erase(temp);
    const { memory, index } = temp.system;
    const history = await memory.history({ ...other, order: 'asc', limit: 10 });
    expect(history.items.map(({ content }) => content)).toEqual(['stays']);
    expect(await index.totals()).toMatchObject({
      sessions: 1,
      summaries: 0,
      tiers: { hot: { items: 1 }, warm: { items: 0 }, cold: { items: 0, bytes: 0 } },
    });
  });

  it('lets late events, and appends that began before it, bring nothing back', async () => {
    const temp = await full();
    const beganAtMs = temp.clock.now();
    temp.clock.advance(1);
    await erase(temp);
    temp.clock.advance(DAY_MS);
    const { memory } = temp.system;
    const late = { ...session, items: [{ content: 'late', contentType: 'user_message' }] };
    const erased = { code: 'erased' };
    await expect(
      memory.append({ ...late, startedAtMs: temp.clock.now(), isEvent: true }),
    ).rejects.toMatchObject(erased);
    await expect(
      memory.append({ ...late, startedAtMs: beganAtMs, isEvent: false }),
    ).rejects.toMatchObject(erased);
    expect(await memory.summarizeSession(session)).toEqual({ status: 'nothing-to-do' });
    const moved = await memory.migrateSession(session, deadlineAfter(1_000, temp.clock));
    expect(moved).toMatchObject({ hotToWarm: 0, warmToCold: 0 });
    expect((await memory.listSessions(USER, { limit: 10 })).sessions).toEqual([]);
    // A user who comes back later begins anew.
    await memory.append({ ...late, startedAtMs: temp.clock.now(), isEvent: false });
    expect((await memory.coverage(session)).lastSeq).toBe(1);
  });

  it('that time ran out for takes no writes until it is gone on with, under the same receipt', async () => {
    const temp = await full();
    const begun = await erase(temp, 0);
    expect(begun).toMatchObject({ status: 'erasing', verifiedEmpty: false });
    const { memory } = temp.system;
    const items = [{ content: 'meanwhile', contentType: 'user_message' }];
    const startedAtMs = temp.clock.now() + 1;
    await expect(
      memory.append({ ...session, items, startedAtMs, isEvent: false }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    const done = await erase(temp);
    expect(done).toMatchObject({ receiptId: begun.receiptId, status: 'erased', items: 78 });
  });

  it('of somebody unknown is done at once', async () => {
    const temp = await memoryOfTest();
    expect(await erase(temp)).toMatchObject({ status: 'erased', sessions: 0, verifiedEmpty: true });
    await expect(temp.system.memory.readReceipt('nothing')).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a deleted session', () => {
  it('is gone whole, and begins anew at 1 with other ids remembered by nobody', async () => {
    const temp = await full();
    await temp.system.memory.deleteSession(session);
    const { memory } = temp.system;
    expect(await memory.history({ ...session, order: 'asc', limit: 10 })).toEqual({ items: [] });
    const { sessions } = await memory.listSessions(USER, { limit: 10 });
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['t']);
    await temp.append('s', 'anew');
    expect(await memory.coverage(session)).toMatchObject({ lastSeq: 1, gaps: [] });
    await memory.deleteSession({ ...session, sessionId: 'never was' });
  });
});
