import { describe, expect, it } from 'vitest';
import { uncachedReads } from '../adapters/layered/uncached.ts';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import type { SessionChange } from '../domain/change.ts';
import { itemBytes } from '../domain/item-json.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { type Deadline, deadlineAfter } from '../kernel/deadline.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { ManualClock } from '../testing/manual-clock.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const session = { userId: USER, sessionId: 's' };

/** What a migration asked of the store. */
interface Watch {
  readonly reads: string[];
  readonly commits: SessionChange[];
  /** Runs before the commit of this place in `commits`. */
  readonly before: Map<number, () => Promise<unknown>>;
}

async function watched(): Promise<{ temp: TemporaryMemory; watch: Watch }> {
  const watch: Watch = { reads: [], commits: [], before: new Map() };
  const openStores = (clock: ManualClock) => {
    const sqlite = openSqlite({ path: ':memory:', clock });
    const { store } = sqlite;
    const watching: SessionStore = {
      ...uncachedReads(store),
      loadHead: (key) => store.loadHead(key),
      readDue: (key, query) => {
        watch.reads.push('due');
        return store.readDue(key, query);
      },
      readLog: (key, query) => {
        watch.reads.push('log');
        return store.readLog(key, query);
      },
      commit: async (change) => {
        const hook = watch.before.get(watch.commits.length);
        watch.commits.push(change);
        await hook?.();
        return store.commit(change);
      },
    };
    return { ...sqlite, epoch: () => 0, store: watching };
  };
  const temp = await memoryOfTest({ openStores });
  return { temp, watch };
}

/** Appends items of an age; then nothing is watched yet. */
async function append(
  { temp, watch }: { readonly temp: TemporaryMemory; readonly watch: Watch },
  count: number,
  days: number,
  content = 'Message',
): Promise<readonly string[]> {
  const createdAtMs = temp.clock.now() - days * DAY_MS;
  const items = Array.from({ length: count }, (_, index) => ({
    ...{ content: `${content} ${index}`, contentType: 'user_message', createdAtMs },
  }));
  const ids = await temp.append('s', ...items);
  watch.reads.length = 0;
  watch.commits.length = 0;
  return ids;
}

const migrate = ({ system, clock }: TemporaryMemory, deadline?: Deadline) =>
  system.memory.migrateSession(session, deadline ?? deadlineAfter(60_000, clock));

const tiersOf = async ({ system }: TemporaryMemory) =>
  (await system.memory.coverage(session)).ranges.map(({ fromSeq, toSeq, tier }) => [
    fromSeq,
    toSeq,
    tier,
  ]);

/** Of each commit: the segments that it removed, and first seq and length of those that it wrote. */
const segmentsOf = ({ commits }: Watch) =>
  commits.map(({ deleteSegments, putSegments = [] }) => ({
    gone: deleteSegments,
    put: putSegments.map(({ firstSeq, count }) => [firstSeq, count]),
  }));

describe('the migration of a session', () => {
  it('reads what is due once for several segments, and no neighbour that it knows', async () => {
    const world = await watched();
    await append(world, 750, 40);
    expect(await migrate(world.temp)).toMatchObject({ warmToCold: 750, isDone: true });
    expect(world.watch.reads).toEqual(['due']);
    expect(world.watch.commits.map(({ deleteItems }) => deleteItems?.length)).toEqual([400, 350]);
    expect(segmentsOf(world.watch)).toMatchObject([
      {
        put: [
          [1, 200],
          [201, 200],
        ],
      },
      {
        put: [
          [401, 200],
          [601, 150],
        ],
      },
    ]);
    expect(await tiersOf(world.temp)).toEqual([[1, 750, 'cold']]);
  });

  it('packs the crumb of one commit again with the next, without reading it', async () => {
    const world = await watched();
    // Four to a segment, seventeen to a commit.
    await append(world, 20, 40, 'moved '.repeat(20_000));
    expect(await migrate(world.temp)).toMatchObject({ warmToCold: 20, isDone: true });
    expect(world.watch.reads).toEqual(['due']);
    expect(segmentsOf(world.watch)).toEqual([
      {
        gone: [],
        put: [
          [1, 4],
          [5, 4],
          [9, 4],
          [13, 4],
          [17, 1],
        ],
      },
      { gone: [17], put: [[17, 4]] },
    ]);
    expect(await tiersOf(world.temp)).toEqual([[1, 20, 'cold']]);
  });

  it('packs an item together with the small segment behind it', async () => {
    const world = await watched();
    const { temp, watch } = world;
    const [first = ''] = await append(world, 5, 40);
    for (let time = 0; time < 2; time++) await temp.system.memory.readItem(first);
    await temp.system.memory.flushAccesses();
    await migrate(temp);
    expect(await tiersOf(temp)).toEqual([
      [1, 1, 'warm'],
      [2, 5, 'cold'],
    ]);
    temp.clock.advance(90 * DAY_MS);
    watch.commits.length = 0;
    await migrate(temp);
    expect(segmentsOf(watch)).toEqual([{ gone: [2], put: [[1, 5]] }]);
  });

  it.each([
    ['cold', 40],
    ['warm', 10],
  ])('moves no more than 2 MiB to the %s tier with one commit', async (tier, days) => {
    const world = await watched();
    await append(world, 20, days, 'moved '.repeat(41_667));
    expect(await migrate(world.temp)).toMatchObject({ isDone: true });
    const moved = world.watch.commits.map(
      ({ deleteItems = [], putItems = [] }) => deleteItems.length + putItems.length,
    );
    expect(moved).toEqual([8, 8, 4]);
    for (const { putItems = [] } of world.watch.commits) {
      const bytes = putItems.reduce((sum, { item }) => sum + itemBytes(item), 0);
      expect(bytes).toBeLessThan(2.1 * 1_024 * 1_024);
    }
    expect(await tiersOf(world.temp)).toEqual([[1, 20, tier]]);
  });

  it('goes on from what is left when another change wins between its commits', async () => {
    const world = await watched();
    const { temp, watch } = world;
    const ids = await append(world, 450, 40);
    watch.before.set(1, async () => {
      watch.before.clear();
      await temp.system.memory.patchItem(ids[420] ?? '', { metadata: { a: 1 } });
    });
    expect(await migrate(temp)).toMatchObject({ warmToCold: 450, isDone: true });
    expect(await tiersOf(temp)).toEqual([[1, 450, 'cold']]);
    const patched = await temp.system.memory.readItem(ids[420] ?? '');
    expect(patched).toMatchObject({ tier: 'cold', metadata: { a: 1 } });
  });

  it('stops between two commits when time is up, and leaves the session due', async () => {
    const world = await watched();
    const { temp } = world;
    await append(world, 450, 40);
    let asked = 0;
    // Asked before the page, and before every commit but the first.
    const deadline: Deadline = { remainingMs: () => 0, isNear: () => ++asked > 1 };
    expect(await migrate(temp, deadline)).toMatchObject({ warmToCold: 400, isDone: false });
    expect(await tiersOf(temp)).toEqual([
      [1, 400, 'cold'],
      [401, 450, 'hot'],
    ]);
    expect(await temp.system.index.countDue('tier', temp.clock.now())).toBe(1);
    expect(await migrate(temp)).toMatchObject({ warmToCold: 50, isDone: true });
    expect(await temp.system.index.countDue('tier', temp.clock.now() + 9e10)).toBe(0);
  });

  it('is due again when the first of all the items that it moved is', async () => {
    const world = await watched();
    const { temp } = world;
    await append(world, 1, 20);
    await append(world, 300, 8);
    expect(await migrate(temp)).toMatchObject({ hotToWarm: 301, isDone: true });
    const { index } = temp.system;
    const dueIn = (days: number) => index.countDue('tier', temp.clock.now() + days * DAY_MS);
    expect(await dueIn(9.9)).toBe(0);
    expect(await dueIn(10.1)).toBe(1);
  });
});
