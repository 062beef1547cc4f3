import { describe, expect, it } from 'vitest';
import { uncachedReads } from '../adapters/layered/uncached.ts';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { ManualClock } from '../testing/manual-clock.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const session = { userId: USER, sessionId: 's' };
const messages = (count: number) => Array.from({ length: count }, (_, index) => `m${index + 1}`);

const newest = ({ system }: TemporaryMemory, limit: number) =>
  system.memory.history({ ...session, order: 'desc', limit });

/** Every page from the newest on, as lists of seqs. */
async function pagesOf({ system }: TemporaryMemory, limit: number): Promise<number[][]> {
  const pages: number[][] = [];
  let fromSeq: number | undefined;
  do {
    const from = fromSeq === undefined ? {} : { fromSeq };
    const page = await system.memory.history({ ...session, order: 'desc', limit, ...from });
    pages.push(page.items.map(({ seq }) => seq));
    fromSeq = page.nextSeq;
  } while (fromSeq !== undefined);
  return pages;
}

/** Stores that write down how many items were asked for with each look at the log. */
function listening(clock: ManualClock, limits: number[]) {
  const sqlite = openSqlite({ path: ':memory:', clock });
  const { store } = sqlite;
  const heard: SessionStore = {
    ...uncachedReads(store),
    loadHead: (key) => store.loadHead(key),
    commit: (change) => store.commit(change),
    readLog: (key, query) => {
      limits.push(query.limit);
      return store.readLog(key, query);
    },
  };
  return { ...sqlite, epoch: () => 0, store: heard };
}

const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => from - index);

describe('a history from the newest item on', () => {
  it('goes through every item once, within the window of the head and past it', async () => {
    const temp = await memoryOfTest({ options: { windowMaxItems: 5 } });
    await temp.append('s', ...messages(12));
    expect(await pagesOf(temp, 3)).toEqual([down(12, 10), down(9, 7), down(6, 4), down(3, 1)]);
    expect(await pagesOf(temp, 5)).toEqual([down(12, 8), down(7, 3), down(2, 1)]);
    expect(await pagesOf(temp, 7)).toEqual([down(12, 6), down(5, 1)]);
    expect(await pagesOf(temp, 12)).toEqual([down(12, 1)]);
    expect(await pagesOf(temp, 50)).toEqual([down(12, 1)]);
  });

  it('ends with the window where nothing is older, and is empty without a session', async () => {
    const temp = await memoryOfTest();
    expect(await newest(temp, 5)).toEqual({ items: [] });
    await temp.append('s', ...messages(5));
    expect(await pagesOf(temp, 5)).toEqual([down(5, 1)]);
    expect(await pagesOf(temp, 4)).toEqual([down(5, 2), [1]]);
  });

  it('leaves out what was deleted, in the window and before it', async () => {
    const temp = await memoryOfTest({ options: { windowMaxItems: 4 } });
    const ids = await temp.append('s', ...messages(9));
    for (const seq of [3, 5, 8]) await temp.system.memory.deleteItem(ids[seq - 1] ?? '');
    expect(await pagesOf(temp, 3)).toEqual([
      [9, 7, 6],
      [4, 2, 1],
    ]);
    expect(await pagesOf(temp, 2)).toEqual([
      [9, 7],
      [6, 4],
      [2, 1],
    ]);
  });

  it('has items too large for the head whole', async () => {
    const temp = await memoryOfTest();
    const large = 'x'.repeat(20_000);
    await temp.append('s', 'one', large, 'three');
    expect((await newest(temp, 2)).items.map(({ content }) => content)).toEqual(['three', large]);
  });

  it('tells tier, accesses and metadata as the item itself does, from any tier', async () => {
    const temp = await memoryOfTest();
    const createdAtMs = temp.clock.now() - 40 * DAY_MS;
    const [id = ''] = await temp.append('s', {
      ...{ content: 'old', contentType: 'user_message', metadata: { a: 1 }, createdAtMs },
    });
    const { memory } = temp.system;
    const migrate = () =>
      memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, temp.clock) });
    await migrate();
    await memory.readItem(id);
    await memory.flushAccesses();
    const [seen] = (await newest(temp, 5)).items;
    expect(seen).toMatchObject({ tier: 'cold', accessCount: 2, metadata: { a: 1 } });
    await migrate();
    await memory.patchItem(id, { pinned: true });
    const [promoted] = (await newest(temp, 5)).items;
    expect(promoted).toMatchObject({ tier: 'warm', accessCount: 3, pinned: true });
  });

  it('reads the log only for what the window does not hold', async () => {
    const limits: number[] = [];
    const temp = await memoryOfTest({
      options: { windowMaxItems: 5 },
      openStores: (clock) => listening(clock, limits),
    });
    await temp.append('s', ...messages(12));
    await newest(temp, 5);
    expect(limits).toEqual([]);
    await newest(temp, 6);
    expect(limits).toEqual([2]);
  });

  it('gives pages of large items that one answer takes, and reads few of them together', async () => {
    const limits: number[] = [];
    const counter = { name: 'none', count: () => 1 };
    const temp = await memoryOfTest({ counter, openStores: (clock) => listening(clock, limits) });
    const large = 'x'.repeat(255 * 1_024);
    const created = { createdAtMs: temp.clock.now() - 40 * DAY_MS, contentType: 'user_message' };
    for (let batch = 0; batch < 5; batch++) {
      await temp.append(
        's',
        ...messages(26).map((name) => ({ ...created, content: name + large })),
      );
    }
    const up = async () => {
      const pages: number[][] = [];
      for (let fromSeq: number | undefined = 1; fromSeq !== undefined; ) {
        const query = { ...session, order: 'asc', limit: 500, fromSeq } as const;
        const { items, nextSeq } = await temp.system.memory.history(query);
        pages.push(items.map(({ seq }) => seq));
        fromSeq = nextSeq;
      }
      return pages;
    };
    const all = down(130, 1);
    for (const tier of ['hot', 'cold']) {
      const [newestFirst, oldestFirst] = [await pagesOf(temp, 500), await up()];
      expect(newestFirst.flat(), tier).toEqual(all);
      expect(oldestFirst.flat(), tier).toEqual(all.toReversed());
      // 96 of them are 24 MiB.
      for (const [page] of [newestFirst, oldestFirst]) expect(page?.length).toBe(96);
      expect(Math.max(...limits)).toBe(33);
      await temp.system.memory.migrateTiers({
        dryRun: false,
        deadline: deadlineAfter(60_000, temp.clock),
      });
    }
  });
});
