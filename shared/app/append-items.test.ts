import { describe, expect, it } from 'vitest';
import { AppError } from '../kernel/app-error.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import { TurnCounter } from '../testing/turn-counter.ts';
import type { AppendCommand } from './memory.ts';

const say = (content: string, idempotencyKey?: string) => ({
  content,
  contentType: 'user_message',
  ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
});
const session = { userId: USER, sessionId: 's' };

async function contentsOf({ memory }: TemporaryMemory['system']) {
  const { items } = await memory.history({ ...session, order: 'asc', limit: 500 });
  return items.map(({ seq, content }) => [seq, content]);
}

describe('an append', () => {
  const command = (items: AppendCommand['items'], more = {}): AppendCommand => ({
    ...session,
    items,
    startedAtMs: Date.UTC(2026, 0, 1),
    isEvent: false,
    ...more,
  });

  it('gives seqs 1, 2, 3 in the order sent, whatever the clocks of the senders say', async () => {
    const temp = await memoryOfTest();
    const { memory } = temp.system;
    const at = temp.clock.now();
    await memory.append(
      command([
        { ...say('later'), createdAtMs: at },
        { ...say('earlier'), createdAtMs: at - DAY_MS },
      ]),
    );
    const result = await memory.append(command([say('third')]));
    expect(result.items).toMatchObject([{ seq: 3, tier: 'hot', createdAtMs: at }]);
    expect(result.session).toEqual({ itemCount: 3, lastSeq: 3 });
    expect(await contentsOf(temp.system)).toEqual([
      [1, 'later'],
      [2, 'earlier'],
      [3, 'third'],
    ]);
  });

  it('is durable when it is answered: another process reads it', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', 'kept');
    const other = await temp.open();
    expect(await contentsOf(other)).toEqual([[1, 'kept']]);
    await temp.append('s', 'kept as well');
    expect(await contentsOf(other)).toEqual([
      [1, 'kept'],
      [2, 'kept as well'],
    ]);
  });

  it('is seen by a context that another process asks for after it, also where that one has cached', async () => {
    const temp = await memoryOfTest();
    const other = await temp.open();
    const seen = async () => {
      const query = { ...session, format: 'raw', explain: false } as const;
      return (await other.memory.context(query)).items.map(({ content }) => content);
    };
    await temp.append('s', 'one');
    expect(await seen()).toEqual(['one']);
    await temp.append('s', 'two');
    expect(await seen()).toEqual(['one', 'two']);
  });

  it('of 32 writers at once loses nothing, doubles nothing and leaves no gap', async () => {
    const temp = await memoryOfTest();
    const other = await temp.open();
    const writers = Array.from({ length: 32 }, (_, index) =>
      (index % 2 ? temp.system : other).memory.append(
        command([say(`a${index}`), say(`b${index}`)]),
      ),
    );
    const results = await Promise.all(writers);
    const seqs = results.flatMap(({ items }) => items.map(({ seq }) => seq));
    expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, index) => index + 1));
    const stored = await contentsOf(temp.system);
    expect(stored).toHaveLength(64);
    // Each request is one commit: its items stand next to each other.
    for (const [index, result] of results.entries()) {
      const [a] = result.items;
      expect(stored[(a?.seq ?? 0) - 1]?.[1]).toBe(`a${index}`);
      expect(stored[a?.seq ?? 0]?.[1]).toBe(`b${index}`);
    }
  });

  it('sent twice under its keys is answered as the first time, and appended once', async () => {
    const temp = await memoryOfTest();
    const { memory } = temp.system;
    const request = command([say('one', 'k1'), say('two', 'k2')]);
    const first = await memory.append(request);
    temp.clock.advance(1_000);
    const second = await memory.append(request);
    expect(first.isReplay).toBe(false);
    expect(second.isReplay).toBe(true);
    expect(second.items).toEqual(first.items);
    expect(second.session).toEqual({ itemCount: 2, lastSeq: 2 });
  });

  it('sent twice at the same instant is appended once', async () => {
    const temp = await memoryOfTest();
    const other = await temp.open();
    const request = command([say('one', 'k1')]);
    const results = await Promise.all(
      [temp.system, other, temp.system, other].map(({ memory }) => memory.append(request)),
    );
    expect(results.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
    expect(new Set(results.map(({ items }) => items[0]?.id)).size).toBe(1);
    expect(await contentsOf(temp.system)).toEqual([[1, 'one']]);
  });

  it('replays items without a key that stand beside a keyed one, equal contents included', async () => {
    const temp = await memoryOfTest();
    const { memory } = temp.system;
    const request = command([say('ok'), say('one', 'k1'), say('ok'), say('ok')]);
    const first = await memory.append(request);
    expect(first.items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const second = await memory.append(request);
    expect(second.isReplay).toBe(true);
    expect(second.items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('appends only what is new of a request that was sent in part before', async () => {
    const temp = await memoryOfTest();
    const { memory } = temp.system;
    await memory.append(command([say('one', 'k1')]));
    const result = await memory.append(command([say('one', 'k1'), say('two', 'k2')]));
    expect(result.isReplay).toBe(false);
    expect(result.items.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(await contentsOf(temp.system)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
  });

  it('refuses a key that was used for something else, and writes nothing', async () => {
    const temp = await memoryOfTest();
    const { memory } = temp.system;
    await memory.append(command([say('one', 'k1')]));
    const conflict = { code: 'conflict', details: { idempotencyKey: 'k1' } };
    await expect(memory.append(command([say('zero'), say('other', 'k1')]))).rejects.toMatchObject(
      conflict,
    );
    await expect(memory.append(command([say('a', 'k2'), say('b', 'k2')]))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await contentsOf(temp.system)).toEqual([[1, 'one']]);
  });

  it('takes an item that says its defaults for the same as one that leaves them out', async () => {
    const { memory } = (await memoryOfTest()).system;
    const item = say('one', 'k1');
    const first = await memory.append(command([item]));
    const again = await memory.append(command([{ ...item, pinned: false, metadata: {} }]));
    expect(again).toEqual({ ...first, isReplay: true });
    for (const other of [{ pinned: true }, { metadata: { a: 1 } }])
      await expect(memory.append(command([{ ...item, ...other }]))).rejects.toMatchObject({
        code: 'conflict',
      });
  });

  it('keeps keys of two sessions apart, and forgets a key after its days', async () => {
    const temp = await memoryOfTest({ options: { idempotencyDays: 7 } });
    const { memory } = temp.system;
    await memory.append(command([say('one', 'k1')]));
    const elsewhere = await memory.append(command([say('two', 'k1')], { sessionId: 'other' }));
    expect(elsewhere.isReplay).toBe(false);
    temp.clock.advance(7 * DAY_MS + 1);
    const again = await memory.append(command([say('three', 'k1')]));
    expect(again.items).toMatchObject([{ seq: 2 }]);
  });

  it('asks for a summary once when more than 25 items have none, not again with every item', async () => {
    const temp = await memoryOfTest();
    const asked: unknown[] = [];
    temp.system.bus.subscribe('memory-summarize', 'test', async ({ data }) => {
      asked.push(data);
    });
    for (let index = 1; index <= 25; index++) await temp.append('s', `item ${index}`);
    await temp.system.bus.drain();
    expect(asked).toEqual([]);
    await temp.append('s', 'one more');
    await temp.append('s', 'and more');
    await temp.system.bus.drain();
    expect(asked).toEqual([{ version: 1, userId: USER, sessionId: 's' }]);
  });

  it('tells subscribers ids and seqs, never content', async () => {
    const temp = await memoryOfTest();
    const told: unknown[] = [];
    temp.system.bus.subscribe(
      'memory-events',
      'test',
      async ({ data, attributes, orderingKey }) => {
        told.push({ data, attributes, orderingKey });
      },
    );
    const [id] = await temp.append('s', 'a secret');
    await temp.system.bus.drain();
    expect(told).toEqual([
      {
        orderingKey: id?.split('-')[0],
        attributes: { type: 'item.appended' },
        data: {
          version: 1,
          type: 'item.appended',
          userId: USER,
          sessionId: 's',
          itemIds: [id],
          fromSeq: 1,
          toSeq: 1,
        },
      },
    ]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('keeps every text as it was sent: composed or not, with NUL, in any alphabet', async () => {
    const temp = await memoryOfTest();
    const texts = [
      '\u00e9',
      'e\u0301',
      'a\u0000b',
      '\u212b',
      '\ufb01',
      '\u{1f468}\u200d\u{1f469}',
      '\ufeffx',
    ];
    await temp.append('s', ...texts);
    expect((await contentsOf(temp.system)).map(([, text]) => text)).toEqual(texts);
    await temp.append('\u00e9', 'composed');
    await temp.append('e\u0301', 'decomposed');
    const { sessions } = await temp.system.memory.listSessions(USER, { limit: 9 });
    expect(sessions.map(({ sessionId }) => sessionId).toSorted()).toEqual(
      ['s', '\u00e9', 'e\u0301'].toSorted(),
    );
  });

  it('lets others work between the large items of one request', async () => {
    const others = new TurnCounter();
    const seen: number[] = [];
    const counter = { name: 'test', count: () => seen.push(others.turns) };
    const temp = await memoryOfTest({ counter });
    await temp.append('s', ...Array<string>(8).fill('a'.repeat(200_000)));
    others.stop();
    expect(new Set(seen.slice(0, 8)).size).toBe(8);
  });

  it('succeeds although the bus is down: the items are durable', async () => {
    const temp = await memoryOfTest();
    temp.system.bus.publish = async () => {
      throw new AppError('unavailable', 'down');
    };
    await temp.append('s', 'kept');
    expect(await contentsOf(temp.system)).toEqual([[1, 'kept']]);
  });
});
