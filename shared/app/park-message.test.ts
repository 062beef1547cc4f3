import { describe, expect, it } from 'vitest';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
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
