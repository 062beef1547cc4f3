import type { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import { decodeSegment } from '../../domain/segment-codec.ts';
import type { LogSlice } from '../../ports/session-store.ts';
import {
  aChange,
  aMigration,
  anAppend,
  aSession,
  nextHead,
  someItems,
} from '../../testing/builders.ts';
import { FirestoreHarness } from '../../testing/firestore-harness.ts';
import { beforeStreams } from '../../testing/wire-log.ts';
import type { FirestoreStores } from './open-firestore.ts';

const session = aSession();
const key = sessionKeyOf(session);
const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const WAYS = [
  ['readLog', (store) => store.readLog(key, { fromSeq: 1, order: 'asc', limit: 12 })],
  ['readLog down', (store) => store.readLog(key, { fromSeq: 99, order: 'desc', limit: 50 })],
  ['readSeqs', (store) => store.readSeqs(key, ALL)],
] as const satisfies readonly (readonly [
  string,
  (store: FirestoreStores['store']) => Promise<LogSlice>,
])[];

const PAGES = [
  ['upwards', 'asc', [4, 5, 6, 7]],
  ['downwards', 'desc', [8, 7, 6, 5]],
] as const;

function describeTornReads(): void {
  const harness = new FirestoreHarness();
  let stores: FirestoreStores;
  let firestore: Firestore;
  /** Writes past the stores, as the emulator shows a commit that is under way. */
  let raw: Firestore;
  /** Transactions of reading that were begun. */
  let reads: number;
  beforeEach(async () => {
    await harness.create();
    firestore = harness.client();
    raw = harness.client();
    stores = harness.stores(firestore);
    harness.stores(raw);
    reads = 0;
  });
  afterAll(() => harness.dispose());

  const rows = () => raw.collection(`sessions/${key}/items`);
  const row = (seq: number) => rows().doc(String(seq).padStart(16, '0'));
  const seqsOf = ({ items, segments }: LogSlice) =>
    [...items, ...segments.flatMap(decodeSegment)].map(({ seq }) => seq).sort((a, b) => a - b);
  const begin = async () => {
    const change = anAppend(session, someItems(1, 12));
    await stores.store.commit(change);
    return change.head;
  };
  /** Takes rows away until the second transaction of reading begins. */
  const hide = async (seqs: readonly number[]) => {
    const hidden = await Promise.all(seqs.map(async (seq) => (await row(seq).get()).data() ?? {}));
    await Promise.all(seqs.map((seq) => row(seq).delete()));
    beforeStreams(firestore, 'batchGetDocuments', async () => {
      if (reads++ === 0) return;
      await Promise.all(seqs.map((seq, index) => row(seq).set(hidden[index] ?? {})));
    });
  };
  const countReads = () => beforeStreams(firestore, 'batchGetDocuments', async () => ++reads);

  it.each(WAYS)('%s reads again when items are missing that nobody deleted', async (way, read) => {
    await begin();
    await hide([6, 7, 8, 9]);
    expect(seqsOf(await read(stores.store))).toEqual(ALL);
    expect(reads).toBeLessThanOrEqual(way === 'readSeqs' ? 3 : 2);
  });

  it.each(PAGES)(
    'a page %s reads again when one of its items is missing',
    async (_way, order, seqs) => {
      await begin();
      await hide([6]);
      const [fromSeq = 0] = seqs;
      const slice = await stores.store.readLog(key, { fromSeq, order, limit: 4 });
      expect(seqsOf(slice)).toEqual(seqs.toSorted((a, b) => a - b));
    },
  );

  it.each(WAYS)('%s reads again when items are in two homes', async (_way, read) => {
    const head = await begin();
    const kept = await Promise.all([3, 4].map(async (seq) => (await row(seq).get()).data() ?? {}));
    await stores.store.commit(aMigration(head, someItems(3, 9)));
    await Promise.all([3, 4].map((seq, index) => row(seq).set(kept[index] ?? {})));
    beforeStreams(firestore, 'batchGetDocuments', async () => {
      if (reads++ > 1) await Promise.all([3, 4].map((seq) => row(seq).delete()));
    });
    expect(seqsOf(await read(stores.store))).toEqual(ALL);
  });

  it.each(WAYS)('%s answers what is there when something is gone for good', async (_way, read) => {
    await begin();
    await row(5).delete();
    countReads();
    expect(seqsOf(await read(stores.store))).toEqual(ALL.filter((seq) => seq !== 5));
    expect(reads).toBeGreaterThan(1);
    expect(reads).toBeLessThanOrEqual(16);
  });

  const deleteOne = async () => {
    const head = await begin();
    const tiers = { ...head.tiers, hot: { ...head.tiers.hot, items: 11 } };
    await stores.store.commit(aChange(head, nextHead(head, { tiers }), { deleteItems: [5] }));
    countReads();
  };

  it.each(PAGES)(
    'a page %s reads once when one of its items was deleted',
    async (_way, order, seqs) => {
      await deleteOne();
      const [fromSeq = 0] = seqs;
      const slice = await stores.store.readLog(key, { fromSeq, order, limit: 4 });
      expect(slice.items).toHaveLength(4);
      expect(reads).toBe(1);
    },
  );

  it.each(WAYS)('%s reads once when an item was deleted', async (way, read) => {
    await deleteOne();
    expect(seqsOf(await read(stores.store))).toEqual(ALL.filter((seq) => seq !== 5));
    expect(reads).toBe(way === 'readSeqs' ? 2 : 1);
  });
}

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describe('a read that sees half of a commit', describeTornReads);
} else {
  it('needs a Firestore emulator', () => reportMissing('torn reads of Firestore'));
}
