import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import type { SessionHead } from '../domain/head.ts';
import { type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { decodeSegment } from '../domain/segment-codec.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import {
  aChange,
  aDueItem,
  aHead,
  aMigration,
  anAppend,
  anItem,
  anUnpacking,
  aSegment,
  aSession,
  aSummary,
  nextHead,
  START_MS,
  someItems,
} from '../testing/builders.ts';
import type { DurableHarness, DurableStores } from '../testing/durable-harness.ts';
import type { LogQuery, LogSlice, SessionStore } from './session-store.ts';

const session = aSession();
const key = sessionKeyOf(session);

/** The rules of reading a session's items, segments and summaries. */
export function describeLogReads(harness: DurableHarness): void {
  let stores: DurableStores;
  let store: SessionStore;
  beforeEach(async () => {
    stores = await harness.create();
    store = stores.store;
  });

  // Seqs 1–6 in one segment, 7 and 8 deleted, 9 and 11 in a second one, 10 and 12–20 in rows, and
  // 13 in a third segment that lies among the rows.
  const mixed = async (): Promise<SessionHead> => {
    const rows = someItems(1, 20).filter(({ seq }) => seq === 10 || (seq >= 12 && seq !== 13));
    const change = anAppend(session, rows, {
      putSegments: [
        aSegment(someItems(1, 6)),
        aSegment([anItem(9), anItem(11)]),
        aSegment([anItem(13)]),
      ],
    });
    await store.commit(change);
    return change.head;
  };

  it('reads both homes upwards from the middle of a segment, with no more segments than needed', async () => {
    await mixed();
    const query = { fromSeq: 4, order: 'asc', limit: 5 } as const;
    const slice = await store.readLog(key, query);
    expect(answerOf(slice, query)).toEqual([4, 5, 6, 9, 10]);
    expect(slice.segments.map(({ firstSeq }) => firstSeq)).toEqual([1, 9]);
  });

  it('reads both homes downwards from the middle of a segment, with no more segments than needed', async () => {
    await mixed();
    const query = { fromSeq: 10, order: 'desc', limit: 4 } as const;
    const slice = await store.readLog(key, query);
    expect(answerOf(slice, query)).toEqual([10, 9, 6, 5]);
    expect(slice.segments.map(({ firstSeq }) => firstSeq)).toEqual([9, 1]);
  });

  it('reads no segment for an answer that stands in rows alone', async () => {
    await mixed();
    const query = { fromSeq: 20, order: 'desc', limit: 7 } as const;
    const slice = await store.readLog(key, query);
    expect(answerOf(slice, query)).toEqual([20, 19, 18, 17, 16, 15, 14]);
    expect(slice.segments).toEqual([]);
  });

  it('gives items and segments in the order asked for', async () => {
    await mixed();
    const up = await store.readLog(key, { fromSeq: 1, order: 'asc', limit: 100 });
    expect(up.items.map(({ seq }) => seq)).toEqual([10, 12, 14, 15, 16, 17, 18, 19, 20]);
    expect(up.segments.map(({ firstSeq }) => firstSeq)).toEqual([1, 9, 13]);
    const down = await store.readLog(key, { fromSeq: 99, order: 'desc', limit: 100 });
    expect(down.items.map(({ seq }) => seq)).toEqual([20, 19, 18, 17, 16, 15, 14, 12, 10]);
    expect(down.segments.map(({ firstSeq }) => firstSeq)).toEqual([13, 9, 1]);
  });

  it('still reads the segments after commits that write none, of whoever knows the head or looks for it', async () => {
    let head = await mixed();
    const seqs = async () => {
      const query = { fromSeq: 1, order: 'asc', limit: 8 } as const;
      return answerOf(await store.readLog(key, query), query);
    };
    // The second time the head is known from the commit before.
    for (const time of [1, 2]) {
      await store.loadHead(key);
      for (const seq of [20 + time, 30 + time]) {
        const change = anAppend(head, [anItem(seq)]);
        await store.commit(change);
        head = change.head;
        expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6, 9, 10]);
      }
      // Another process has not loaded it: its commit looks first.
      const peer = await harness.peer();
      const change = anAppend(head, [anItem(40 + time)]);
      await peer.store.commit(change);
      head = change.head;
      expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6, 9, 10]);
    }
  });

  it.each([
    ['asc', 1],
    ['desc', Number.MAX_SAFE_INTEGER],
  ] as const)('pages through every live item once, %s', async (order, start) => {
    await mixed();
    const pages: number[][] = [];
    for (let fromSeq: number = start; pages.length < 20; ) {
      const query = { fromSeq, order, limit: 4 };
      const page = answerOf(await store.readLog(key, query), query);
      if (page.length > 0) pages.push(page);
      const last = page.at(-1);
      if (last === undefined || page.length < 4) break;
      fromSeq = order === 'asc' ? last + 1 : last - 1;
    }
    const live = [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
    expect(pages.flat()).toEqual(order === 'asc' ? live : live.toReversed());
  });

  it('answers any query on any layout, with only segments that hold part of the answer', async () => {
    let sessions = 0;
    const homes = fc.array(fc.constantFrom('deleted', 'row', 'row', 'a', 'b', 'c', 'd'), {
      minLength: 1,
      maxLength: 40,
    });
    const queries = fc.record({
      fromSeq: fc.integer({ min: 0, max: 42 }),
      order: fc.constantFrom('asc', 'desc'),
      limit: fc.integer({ min: 1, max: 45 }),
    });
    const property = fc.asyncProperty(homes, fc.array(queries), async (layout, asked) => {
      const one = aSession(`random ${sessions++}`);
      await lay(store, one, layout);
      const live = layout.flatMap((home, index) => (home === 'deleted' ? [] : [index + 1]));
      for (const query of asked) {
        const slice = await store.readLog(sessionKeyOf(one), query);
        const expected = cut(live, query);
        expect(answerOf(slice, query)).toEqual(expected);
        for (const segment of slice.segments) {
          const held = decodeSegment(segment).map(({ seq }) => seq);
          expect(held.some((seq) => expected.includes(seq))).toBe(true);
        }
      }
    });
    await fc.assert(property, { numRuns: harness.runs });
  });

  it('finds items by their seqs in both homes, and nothing for those that are not there', async () => {
    await mixed();
    const slice = await store.readSeqs(key, [20, 2, 11, 7, 9, 10, 99]);
    expect(slice.items.map(({ seq }) => seq)).toEqual([10, 20]);
    expect(slice.segments.map(({ firstSeq }) => firstSeq)).toEqual([1, 9]);
    expect(await store.readSeqs(key, [7, 8])).toEqual({ items: [], segments: [] });
    expect(await store.readSeqs(key, [])).toEqual({ items: [], segments: [] });
  });

  it('never shows an item in two homes or in none, however it moves meanwhile', async () => {
    const items = someItems(1, 12);
    const moved = items.slice(2, 9);
    const first = anAppend(session, items);
    await store.commit(first);
    const peer = (await harness.peer()).store;
    let isMoving = true;
    const move = async () => {
      let { head } = first;
      for (let round = 0; round < 15; round++) {
        const packed = aMigration(head, moved);
        await store.commit(packed);
        const unpacked = anUnpacking(packed.head, aSegment(moved), moved);
        await store.commit(unpacked);
        head = unpacked.head;
      }
      isMoving = false;
    };
    const watch = async () => {
      const whole = { fromSeq: 1, order: 'asc', limit: 12 } as const;
      const reads = [() => peer.readLog(key, whole), () => peer.readSeqs(key, seqs(items))];
      while (isMoving) {
        for (const read of reads) {
          const slice = await read();
          const home = seqs([...slice.items, ...slice.segments.flatMap(decodeSegment)]);
          expect(home.toSorted((a, b) => a - b)).toEqual(seqs(items));
        }
      }
    };
    await Promise.all([move(), watch()]);
  });

  it('finds due items, lowest seq first, from a seq on, and says when the next one is due', async () => {
    const due = (seq: number, afterMs?: number) =>
      aDueItem(anItem(seq), afterMs === undefined ? undefined : START_MS + afterMs);
    const putItems = [due(1, 300), due(2, 100), due(3), due(4, 50), due(5, 200), due(6, 100)];
    await store.commit(aChange(undefined, aHead(session), { putItems }));
    const read = async (nowMs: number, fromSeq = 1, limit = 10) => {
      const { items, nextDueAtMs } = await store.readDue(key, {
        nowMs: START_MS + nowMs,
        fromSeq,
        limit,
      });
      return [seqs(items), nextDueAtMs === undefined ? undefined : nextDueAtMs - START_MS];
    };
    expect(await read(49)).toEqual([[], 50]);
    expect(await read(100)).toEqual([[2, 4, 6], 200]);
    expect(await read(100, 3)).toEqual([[4, 6], 200]);
    expect(await read(100, 1, 2)).toEqual([[2, 4], 200]);
    expect(await read(100, 1, 1)).toEqual([[2], 200]);
    expect(await read(300)).toEqual([[1, 2, 4, 5, 6], undefined]);
    const told = { nowMs: START_MS + 100, fromSeq: 1, limit: 10 };
    expect(await store.readDue(key, { ...told, itemCount: 6 })).toEqual(
      await store.readDue(key, told),
    );
  });

  it('finds the first of many due items among many that are not', async () => {
    const putItems = someItems(1, 1_400).map((item) =>
      aDueItem(item, START_MS + (item.seq % 8 === 0 ? 2 : 1) * MINUTE_MS),
    );
    let head = aHead(session);
    await store.commit(aChange(undefined, head));
    for (let from = 0; from < putItems.length; from += 350) {
      const change = aChange(head, nextHead(head), { putItems: putItems.slice(from, from + 350) });
      await store.commit(change);
      head = change.head;
    }
    const query = { nowMs: START_MS + MINUTE_MS, fromSeq: 7, limit: 4 };
    const { items, nextDueAtMs } = await store.readDue(key, query);
    expect(seqs(items)).toEqual([7, 9, 10, 11]);
    expect(nextDueAtMs).toBe(START_MS + 2 * MINUTE_MS);
  });

  it('forgets the due date of an item that is put again without one', async () => {
    const head = aHead(session);
    const putItems = [aDueItem(anItem(1), START_MS)];
    await store.commit(aChange(undefined, head, { putItems }));
    const again = aChange(head, nextHead(head), { putItems: [aDueItem(anItem(1))] });
    await store.commit(again);
    expect(await store.readDue(key, { nowMs: START_MS, fromSeq: 1, limit: 9 })).toEqual({
      items: [],
    });
  });

  it('finds summaries by id, by a seq they cover and by where they end', async () => {
    const made = [
      aSummary(session, 1, { toSeq: 10 }),
      aSummary(session, 2, { toSeq: 20, isFallback: true }),
      // Made again by a model, under a clock that lags.
      aSummary(session, 3, { toSeq: 20, createdAtMs: START_MS }),
      aSummary(session, 10, { fromSeq: 5, toSeq: 30 }),
    ];
    let head = aHead(session);
    await store.commit(aChange(undefined, head));
    for (const putSummary of made) {
      const change = aChange(head, nextHead(head), { putSummary });
      await store.commit(change);
      head = change.head;
    }
    const texts = async (query: Parameters<SessionStore['readSummaries']>[1]) =>
      (await store.readSummaries(key, query)).map(({ text }) => text);
    expect(await texts({ id: `${key}-s2` })).toEqual(['Summary 2']);
    expect(await texts({ id: `${key}-s9` })).toEqual([]);
    const all = ['Summary 1', 'Summary 2', 'Summary 3', 'Summary 10'];
    expect(await texts({ coveringSeq: 5 })).toEqual(all);
    expect(await texts({ coveringSeq: 4 })).toEqual(all.slice(0, 3));
    expect(await texts({ coveringSeq: 20 })).toEqual(all.slice(1));
    expect(await texts({ coveringSeq: 31 })).toEqual([]);
    expect(await texts({ endingBefore: 21 })).toEqual(['Summary 3']);
    expect(await texts({ endingBefore: 20 })).toEqual(['Summary 1']);
    expect(await texts({ endingBefore: 10 })).toEqual([]);
    const deleteSummaries = [`${key}-s3`, `${key}-s1`, `${key}-s8`];
    await store.commit(aChange(head, nextHead(head), { deleteSummaries }));
    expect(await texts({ coveringSeq: 5 })).toEqual(['Summary 2', 'Summary 10']);
  });
}

const seqs = (items: readonly StoredItem[]): number[] => items.map(({ seq }) => seq);

const cut = (ascending: readonly number[], { fromSeq, order, limit }: LogQuery): number[] =>
  order === 'asc'
    ? ascending.filter((seq) => seq >= fromSeq).slice(0, limit)
    : ascending
        .filter((seq) => seq <= fromSeq)
        .toReversed()
        .slice(0, limit);

/** The seqs that a slice answers a query with; one in two homes shows up twice. */
function answerOf({ items, segments }: LogSlice, query: LogQuery): number[] {
  const all = [...seqs(items), ...segments.flatMap((segment) => seqs(decodeSegment(segment)))];
  return cut(
    all.sort((a, b) => a - b),
    query,
  );
}

/** Begins a session whose seq `i + 1` is in the home `layout[i]`: a row, a segment, or nowhere. */
async function lay(store: SessionStore, one: SessionRef, layout: readonly string[]): Promise<void> {
  const inHome = (home: string) =>
    layout.flatMap((where, index) => (where === home ? [anItem(index + 1)] : []));
  const putSegments = ['a', 'b', 'c', 'd']
    .map(inHome)
    .flatMap((items) => (items.length > 0 ? [aSegment(items)] : []));
  await store.commit(anAppend(one, inHome('row'), { putSegments }));
}
