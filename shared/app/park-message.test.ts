import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE } from '../components/embedded.ts';
import { AppError } from '../kernel/app-error.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import { counted } from '../testing/counted.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import type { MessageToPark } from './memory.ts';

const message: MessageToPark = {
  name: 'ingest-items',
  topic: 'memory-append',
  messageId: 'm1',
  reason: { code: 'conflict', detail: 'The key was used' },
  message: { data: 'what was said' },
  attempts: 2,
  userId: USER,
  sessionId: 's',
};

/** A store in which something happens just before a letter is added. */
async function withLetters(before: (temp: TemporaryMemory) => Promise<unknown>) {
  const temp: TemporaryMemory = await memoryOfTest({
    openStores: (clock) => {
      const stores = openSqlite({ path: ':memory:', clock });
      const deadLetters: DeadLetters = {
        add: async (letter) => {
          await before(temp);
          await stores.deadLetters.add(letter);
        },
        list: (limit) => stores.deadLetters.list(limit),
        deleteExpired: () => stores.deadLetters.deleteExpired(),
        eraseUser: (userId) => stores.deadLetters.eraseUser(userId),
      };
      return { ...stores, deadLetters };
    },
  });
  const notices: JsonObject[] = [];
  temp.system.bus.subscribe('memory-dead-letter', 'test', async ({ data }) => {
    notices.push(data);
  });
  return { temp, notices, ...temp.system };
}

/** Counts what is in the table, whoever may see it. */
async function withRows() {
  const temp = await memoryOfTest();
  const rows = () => {
    const db = new DatabaseSync(`${temp.dataDir}/${DATABASE_FILE}`);
    const row = db.prepare('SELECT count(*) AS count FROM dead_letters').get();
    db.close();
    return row?.['count'];
  };
  return { temp, rows, ...temp.system };
}

const erase = ({ system, clock }: TemporaryMemory) =>
  system.memory.eraseUser(USER, deadlineAfter(60_000, clock));

describe('parking', () => {
  it('keeps the message, and publishes that it did', async () => {
    const { memory, deadLetters, bus, notices } = await withLetters(async () => undefined);
    expect(await memory.park(message)).toBe('parked');
    await bus.drain();
    expect(await deadLetters.list(10)).toMatchObject([
      { topic: 'memory-append', reason: 'conflict: The key was used', attempts: 2, userId: USER },
    ]);
    expect(notices).toMatchObject([{ messageId: 'm1', userId: USER, sessionId: 's' }]);
  });

  it('keeps of a message that names nobody why it was parked, and not what it holds', async () => {
    const { memory, deadLetters, bus, notices } = await withLetters(async () => undefined);
    const { userId: _, sessionId: __, ...nobodys } = message;
    const violations = [{ path: 'what was said', message: 'is unknown' }];
    const reason = { ...message.reason, violations };
    expect(await memory.park({ ...nobodys, reason })).toBe('parked');
    await bus.drain();
    expect(await deadLetters.list(10)).toMatchObject([
      {
        reason: 'conflict: The key was used',
        data: { function: 'ingest-items', messageId: 'm1', sizeBytes: 24 },
      },
    ]);
    expect(JSON.stringify(await deadLetters.list(10))).not.toContain('what was said');
    expect(notices).toMatchObject([{ messageId: 'm1' }]);
  });

  const days = (count: number) => count * 86_400_000;
  const say = ({ system, clock }: TemporaryMemory, retentionDays: number) =>
    system.memory.append({
      ...{ userId: USER, sessionId: 's', startedAtMs: clock.now(), isEvent: false, retentionDays },
      items: [{ content: 'something', contentType: 'user_message' }],
    });

  it('is for a time: as long as the option says', async () => {
    const { temp, memory, deadLetters } = await withLetters(async () => undefined);
    await memory.park(message);
    temp.clock.advance(days(30) - 1);
    expect(await deadLetters.list(10)).toHaveLength(1);
    temp.clock.advance(1);
    expect(await deadLetters.list(10)).toEqual([]);
  });

  it('keeps a message no longer than its session is kept', async () => {
    const { temp, memory, deadLetters } = await withLetters(async () => undefined);
    await say(temp, 3);
    await memory.park(message);
    const [letter] = await deadLetters.list(1);
    expect((letter?.expiresAtMs ?? 0) - temp.clock.now()).toBeGreaterThan(days(2.8));
    expect((letter?.expiresAtMs ?? 0) - temp.clock.now()).toBeLessThanOrEqual(days(3));
  });

  it('keeps nothing that is past its retention already but that it was parked', async () => {
    const { temp, memory, deadLetters } = await withLetters(async () => undefined);
    await say(temp, 3);
    expect(await memory.park({ ...message, contentAtMs: temp.clock.now() - days(4) })).toBe(
      'parked',
    );
    const [letter] = await deadLetters.list(1);
    expect(letter).toMatchObject({ userId: USER, data: { sizeBytes: 24 } });
    expect(JSON.stringify(letter)).not.toContain('what was said');
  });

  it('is over with the hourly run: no byte of the message is left', async () => {
    const { temp, memory, rows } = await withRows();
    await memory.park(message);
    temp.clock.advance(days(30));
    expect(rows()).toBe(1);
    const deadline = deadlineAfter(60_000, temp.clock);
    await temp.system.memory.migrateTiers({ dryRun: false, deadline });
    expect(rows()).toBe(0);
  });

  it('writes nothing for an erased user, and says nothing of it', async () => {
    const { temp, memory, deadLetters, bus, notices } = await withLetters(() =>
      Promise.reject(new Error('is written')),
    );
    await erase(temp);
    expect(await memory.park(message)).toBe('erased');
    await bus.drain();
    expect(await deadLetters.list(10)).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('keeps nothing for a user who is erased at the same moment', async () => {
    const { memory, deadLetters, bus, notices } = await withLetters(erase);
    expect(await memory.park(message)).toBe('erased');
    await bus.drain();
    expect(await deadLetters.list(10)).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('fails, and says nothing, when the message cannot be kept', async () => {
    const { memory, bus, notices } = await withLetters(() =>
      Promise.reject(new AppError('unavailable', 'The disk is full')),
    );
    await expect(memory.park(message)).rejects.toMatchObject({ code: 'unavailable' });
    await bus.drain();
    expect(notices).toEqual([]);
  });

  it('is not undone by a bus that fails', async () => {
    const { memory, deadLetters, bus } = await withLetters(async () => undefined);
    await bus.close();
    expect(await memory.park(message)).toBe('parked');
    expect(await deadLetters.list(10)).toHaveLength(1);
  });

  it('takes what the bus gave up, once, with the message as it was', async () => {
    const { deadLetters, bus, notices, meter } = await withLetters(async () => undefined);
    bus.subscribe('memory-append', 'ingest-items', async () => {
      throw new AppError('unavailable', 'down');
    });
    const data = { version: 1, userId: USER, sessionId: 's', content: 'what was said' };
    await bus.publish([{ topic: 'memory-append', data }]);
    await bus.drain('skip');
    expect(await deadLetters.list(10)).toMatchObject([
      {
        topic: 'memory-append',
        reason: 'unavailable: down',
        attempts: 5,
        userId: USER,
        data: { function: 'ingest-items', message: { data } },
      },
    ]);
    expect(notices.at(-1)).toMatchObject({ function: 'ingest-items', userId: USER });
    // The notice is nothing to be parked, and no failure either.
    expect(counted(meter)['bus_redelivered{topic=memory-append}']).toBe(4);
    expect(counted(meter)['bus_redelivered{topic=memory-dead-letter}']).toBeUndefined();
  });
});
