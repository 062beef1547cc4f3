import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import type { SessionHead } from '../../domain/head.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import type { Segment } from '../../domain/segment.ts';
import { decodeSegment, encodeSegment } from '../../domain/segment-codec.ts';
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
import { recordCalls, type WireCall } from '../../testing/wire-log.ts';
import type { FirestoreStores } from './open-firestore.ts';

const session = aSession();
const key = sessionKeyOf(session);

function describeRoundTrips(): void {
  const harness = new FirestoreHarness();
  let stores: FirestoreStores;
  let calls: WireCall[];
  beforeEach(async () => {
    await harness.create();
    const firestore = harness.client();
    stores = harness.stores(firestore);
    calls = recordCalls(firestore);
  });
  afterAll(() => harness.dispose());

  /** What an action sent: methods, with the documents that came back. */
  const sent = async (action: () => Promise<unknown>) => {
    calls.length = 0;
    await action();
    // The count of a stream is complete a turn after its caller has the answer.
    await new Promise(setImmediate);
    return calls.map(({ method, documents }) => `${method} ${documents}`);
  };
  const append = async (head: SessionHead, count: number): Promise<SessionHead> => {
    const items = someItems(head.lastSeq + 1, head.lastSeq + count);
    const replays = items.map(({ seq }) => aReplay(`k${seq}`, { expiresAtMs: 9e12 }));
    const change = anAppend(head, items, { replays });
    await stores.store.commit(change);
    return change.head;
  };
  const known = async (): Promise<SessionHead> => {
    await stores.store.commit(anAppend(session, [anItem(1)]));
    return (await stores.store.loadHead(key)) ?? aHead(session);
  };

  it('an append is one commit and no read, after a head was loaded and after an append', async () => {
    let head = await known();
    for (const count of [1, 3, 40]) {
      const seen = await sent(async () => {
        head = await append(head, count);
      });
      expect(seen).toEqual(['commit 0']);
    }
  });

  it('the first append of a session reads the tombstone of its user', async () => {
    const seen = await sent(() => stores.store.commit(anAppend(session, [anItem(1)])));
    expect(seen).toEqual(['batchGetDocuments 0', 'commit 0']);
  });

  it('a context on a miss reads one document, however long the conversation is', async () => {
    let head = await known();
    for (let turn = 0; turn < 20; turn++) head = await append(head, 20);
    expect(head.lastSeq).toBe(401);
    expect(await sent(() => stores.store.loadHead(key))).toEqual(['batchGetDocuments 1']);
  });

  it('a history of cold items reads a segment for each 200 of them, and the head', async () => {
    const putSegments = [0, 1, 2, 3, 4].map((place) =>
      aSegment(someItems(place * 200 + 1, place * 200 + 200)),
    );
    const head = aHead(session, { lastSeq: 1_010 });
    const rows = someItems(1_001, 1_010).map((item) => ({ item, dueAtMs: undefined }));
    await stores.store.commit(aChange(undefined, head, { putSegments, putItems: rows }));
    const read = (fromSeq: number, order: 'asc' | 'desc', limit: number) =>
      sent(() => stores.store.readLog(key, { fromSeq, order, limit }));
    const queries = (items: number, segments: number) => [
      'batchGetDocuments 1',
      `runQuery ${items}`,
      `runQuery ${segments}`,
    ];
    expect(await read(1, 'asc', 50)).toEqual(queries(0, 1));
    expect(await read(1, 'asc', 200)).toEqual(queries(0, 1));
    expect(await read(201, 'asc', 400)).toEqual(queries(0, 2));
    expect(await read(1_000, 'desc', 500)).toEqual(queries(0, 3));
    expect(await read(1_010, 'desc', 10)).toEqual(queries(10, 0));
    expect(await read(1_010, 'desc', 50)).toEqual(queries(10, 1));
    expect(await sent(() => stores.store.readSeqs(key, [7]))).toEqual([
      'batchGetDocuments 0',
      'runQuery 1',
    ]);
  });

  it('looks for a later due date only where not every item is known to be due', async () => {
    const putItems = someItems(1, 4).map((item) => ({ item, dueAtMs: item.seq }));
    await stores.store.commit(aChange(undefined, aHead(session, { lastSeq: 4 }), { putItems }));
    const read = (nowMs: number) =>
      sent(() => stores.store.readDue(key, { nowMs, fromSeq: 1, limit: 9, itemCount: 4 }));
    expect(await read(4)).toEqual(['runQuery 4']);
    expect(await read(3)).toEqual(['runQuery 3', 'runQuery 1']);
  });

  it('goes on behind deleted items without reading what it does not need', async () => {
    const head = aHead(session, { lastSeq: 2_000 });
    const putItems = [1, 2, 900, 901, 902, 2_000].map((seq) => ({
      item: anItem(seq),
      dueAtMs: undefined,
    }));
    await stores.store.commit(aChange(undefined, head, { putItems }));
    let seqs: number[] = [];
    const seen = await sent(async () => {
      const slice = await stores.store.readLog(key, { fromSeq: 1, order: 'asc', limit: 5 });
      seqs = slice.items.map(({ seq }) => seq);
    });
    expect(seqs).toEqual([1, 2, 900, 901, 902]);
    const documents = calls.slice(1).reduce((sum, call) => sum + call.documents, 0);
    expect(documents).toBe(5);
    expect(seen.length).toBeLessThanOrEqual(10);
  });

  it('takes items of 256 KiB of control characters, which JSON writes six-fold', async () => {
    const control = Array.from({ length: 256 * 1_024 }, (_, place) =>
      String.fromCharCode((place * 7 + (place >> 5)) % 32),
    ).join('');
    const item = anItem(2, { content: control });
    const head = await known();
    await stores.store.commit(anAppend(head, [item]));
    const { items } = await stores.store.readSeqs(key, [2]);
    expect(items[0]?.content === control).toBe(true);
    const { head: latest } = anAppend(head, [item]);
    const pack = (segment: Segment) =>
      stores.store.commit(
        aChange(latest, nextHead(latest), { deleteItems: [2], putSegments: [segment] }),
      );
    await expect(pack(aSegment([item]))).rejects.toMatchObject({ code: 'payload-too-large' });
    await pack(encodeSegment([item], true));
    const { segments } = await stores.store.readSeqs(key, [2]);
    expect(segments.flatMap(decodeSegment)[0]?.content === control).toBe(true);
  });
}

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describe('the round trips of Firestore', describeRoundTrips);
} else {
  it('needs a Firestore emulator', () => reportMissing('the round trips of Firestore'));
}
