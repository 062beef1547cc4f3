import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import { METRICS } from '../../domain/metrics/catalogue.ts';
import { totalOf } from '../../domain/metrics/series.ts';
import {
  aChange,
  aHead,
  anAppend,
  anItem,
  aReplay,
  aSegment,
  aSession,
  nextHead,
  someItems,
} from '../../testing/builders.ts';
import { FirestoreHarness } from '../../testing/firestore-harness.ts';
import type { FirestoreStores } from './open-firestore.ts';

const session = aSession();
const key = sessionKeyOf(session);

function describeCounting(): void {
  const harness = new FirestoreHarness();
  let stores: FirestoreStores;
  beforeEach(async () => {
    stores = await harness.create();
  });
  afterAll(() => harness.dispose());

  /** Reads, writes, deletes so far. */
  const totals = () =>
    (['read', 'write', 'delete'] as const).map((operation) =>
      totalOf(harness.meter.series(), METRICS.firestoreOperations, { operation }),
    );
  const billed = async (action: () => Promise<unknown>) => {
    const before = totals();
    await action();
    // The last answer of a stream is counted a turn after its caller has it.
    await new Promise(setImmediate);
    return totals().map((count, place) => count - (before[place] ?? 0));
  };
  const head = aHead(session, { lastSeq: 3 });
  const stored = anAppend(session, someItems(1, 3), {
    replays: [aReplay('k1', { expiresAtMs: 9e12 })],
  });

  it('counts the documents of an append, and the tombstone that its first one looks for', async () => {
    expect(await billed(() => stores.store.commit(stored))).toEqual([1, 5, 0]);
    await stores.store.loadHead(key);
    const more = anAppend(stored.head, [anItem(4)]);
    expect(await billed(() => stores.store.commit(more))).toEqual([0, 2, 0]);
  });

  it('counts a read of a document that is there, and of each one that is not', async () => {
    expect(await billed(() => stores.store.loadHead(key))).toEqual([1, 0, 0]);
    await stores.store.commit(stored);
    expect(await billed(() => stores.store.loadHead(key))).toEqual([1, 0, 0]);
    // Three documents that are not there, a query for the segment that may hold them, and the head.
    const missing = [97, 98, 99];
    expect(await billed(() => stores.store.readSeqs(key, missing))).toEqual([5, 0, 0]);
  });

  it('counts every document of a query, and one read for a query that finds none', async () => {
    await stores.store.commit(stored);
    const read = (fromSeq: number) =>
      billed(() => stores.store.readLog(key, { fromSeq, order: 'asc', limit: 10 }));
    expect(await read(1)).toEqual([1 + 3, 0, 0]);
    const none = () => stores.index.listSessions('nobody', { limit: 10 });
    expect(await billed(none)).toEqual([1, 0, 0]);
  });

  it('counts deletes apart from writes', async () => {
    await stores.store.commit(aChange(undefined, head, { putItems: someItems(1, 3).map(rowOf) }));
    await stores.store.loadHead(key);
    const packed = aChange(head, nextHead(head), {
      deleteItems: [1, 2, 3],
      putSegments: [aSegment(someItems(1, 3))],
    });
    expect(await billed(() => stores.store.commit(packed))).toEqual([0, 2, 3]);
  });

  it('does not count the writes of a commit that was refused', async () => {
    await stores.store.commit(stored);
    const peer = await harness.peer();
    await peer.store.loadHead(key);
    await peer.store.commit(anAppend(stored.head, [anItem(4)]));
    const [, writes, deletes] = await billed(() =>
      stores.store.commit(anAppend(stored.head, [anItem(4)])).catch(() => undefined),
    );
    expect([writes, deletes]).toEqual([0, 0]);
  });

  it('adds up what the operations cost', async () => {
    const cost = () => totalOf(harness.meter.series(), METRICS.firestoreCost);
    const before = cost();
    expect(await billed(() => stores.store.commit(stored))).toEqual([1, 5, 0]);
    expect(cost() - before).toBeCloseTo((1 * 0.06 + 5 * 0.18) / 100_000, 12);
  });
}

const rowOf = (item: ReturnType<typeof anItem>) => ({ item, dueAtMs: undefined });

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describe('counting what Firestore bills', describeCounting);
} else {
  it('needs a Firestore emulator', () => reportMissing('counting what Firestore bills'));
}
