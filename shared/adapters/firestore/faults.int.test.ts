import { createServer } from 'node:net';
import type { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../../infra/local/child.ts';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { Tombstone } from '../../ports/erasure-store.ts';
import { anAppend, anItem, aSession, someItems } from '../../testing/builders.ts';
import { emulatedFirestore, FirestoreHarness } from '../../testing/firestore-harness.ts';
import { answerCalls, beforeStreams, recordCalls } from '../../testing/wire-log.ts';
import type { FirestoreStores } from './open-firestore.ts';
import { openFirestore } from './open-firestore.ts';

const session = aSession();
const key = sessionKeyOf(session);

function describeFaults(): void {
  const harness = new FirestoreHarness();
  let stores: FirestoreStores;
  let firestore: Firestore;
  beforeEach(async () => {
    await harness.create();
    firestore = harness.client();
    stores = harness.stores(firestore);
  });
  afterAll(() => harness.dispose());

  const begin = async (name = session) => {
    const change = anAppend(name, someItems(1, 3));
    await stores.store.commit(change);
    await stores.store.loadHead(change.sessionKey);
    return change.head;
  };
  const tombstone = (status: Tombstone['status']): Tombstone => ({
    userId: session.userId,
    erasedAtMs: harness.now(),
    status,
    receiptId: 'r1',
    expiresAtMs: harness.now() + MINUTE_MS,
  });
  const headDoc = (name = key) => firestore.collection('sessions').doc(name);

  it.each([
    ['nobody listens', () => freePort()],
    ['the server never answers', () => silentPort()],
  ])('says unavailable, in time, when %s', async (_case, port) => {
    vi.stubEnv('FIRESTORE_EMULATOR_HOST', `127.0.0.1:${await port()}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const client = emulatedFirestore('unreachable');
    const timeoutMs = 300;
    const { store, index, close } = openFirestore({
      ...{ firestore: client, clock: harness.clock, timeoutMs },
    });
    const startedAtMs = performance.now();
    const calls = await Promise.allSettled([
      store.loadHead(key),
      store.commit(anAppend(session, [anItem(1)])),
      store.readLog(key, { fromSeq: 1, order: 'asc', limit: 1 }),
      index.totals(),
    ]);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    for (const call of calls) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
    close();
  });

  it('leaves no failure unheard, which would end the process, when a first read is refused', async () => {
    const unheard = listenForUnheard();
    await begin();
    beforeStreams(firestore, 'batchGetDocuments', refuse(7));
    beforeStreams(firestore, 'runQuery', refuse(7));
    beforeStreams(firestore, 'runAggregationQuery', refuse(7));
    const { store, index } = stores;
    const calls = [
      () => store.readLog(key, { fromSeq: 1, order: 'asc', limit: 1 }),
      () => store.readSeqs(key, [1]),
      () => store.readDue(key, { nowMs: 1, fromSeq: 1, limit: 1 }),
      () => index.totals(),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('roles/datastore.user'),
      });
    }
    await new Promise(setImmediate);
    expect(unheard).toEqual([]);
  });

  it('leaves no failure unheard when it is closed while it tries to read again', async () => {
    const unheard = listenForUnheard();
    const { store, close } = openFirestore({
      ...{ firestore: harness.client(), clock: harness.clock, timeoutMs: 300 },
    });
    await store.loadHead(key);
    close();
    await expect(store.loadHead(key)).rejects.toMatchObject({ code: 'unavailable' });
    await new Promise(setImmediate);
    expect(unheard).toEqual([]);
  });

  it.each([
    [7, 'unavailable', /roles\/datastore\.user/],
    [16, 'unavailable', /Application Default Credentials/],
    [8, 'quota-exceeded', /could not commit a change/],
    [14, 'unavailable', /could not commit a change/],
    [15, 'data-loss', /could not commit a change/],
    [3, 'internal', /could not commit a change/],
  ])('names what status %i means', async (status, code, message) => {
    const head = await begin();
    answerCalls(firestore, 'commit', refuse(status));
    const failed = stores.store.commit(anAppend(head, [anItem(4)]));
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('names a database that is not there, as in a wrong project, whatever is asked of it', async () => {
    const head = await begin();
    const calls = [
      (to: FirestoreStores) => to.store.loadHead(key),
      (to: FirestoreStores) => to.store.commit(anAppend(head, [anItem(4)])),
      (to: FirestoreStores) => to.store.commit(anAppend(aSession('new'), [anItem(1)])),
      (to: FirestoreStores) => to.store.readLog(key, { fromSeq: 1, order: 'asc', limit: 1 }),
      (to: FirestoreStores) => to.index.listSessions('u1', { limit: 1 }),
      (to: FirestoreStores) => to.erasure.eraseSession(key, 10),
      (to: FirestoreStores) => to.erasure.putTombstone(tombstone('erasing')),
    ];
    for (const call of calls) {
      const client = harness.client();
      answerCalls(client, 'commit', refuse(5));
      for (const method of ['batchGetDocuments', 'runQuery']) {
        beforeStreams(client, method, refuse(5));
      }
      await expect(call(harness.stores(client))).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('no such database'),
      });
    }
    expect(await stores.store.loadHead(key)).toEqual(head);
  });

  it('knows a commit that took effect, though its answer was lost and it was sent again', async () => {
    const head = await begin();
    answerCalls(firestore, 'commit', async (send) => {
      await send();
      return send();
    });
    const change = anAppend(head, [anItem(4)]);
    expect(await stores.store.commit(change)).toEqual({ status: 'committed' });
    expect(await stores.store.loadHead(key)).toEqual(change.head);
  });

  it('knows it also when others committed before it was sent again', async () => {
    const head = await begin();
    const change = anAppend(head, [anItem(4)]);
    const other = (await harness.peer()).store;
    answerCalls(firestore, 'commit', async (send) => {
      await send();
      let latest = change.head;
      for (const seq of [5, 6, 7]) {
        const next = anAppend(latest, [anItem(seq)]);
        await other.commit(next);
        latest = next.head;
      }
      return send();
    });
    expect(await stores.store.commit(change)).toEqual({ status: 'committed' });
    const { items } = await other.readLog(key, { fromSeq: 1, order: 'asc', limit: 99 });
    expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('says data-loss on a head that was tampered with, and leaves it and the rest alone', async () => {
    await begin();
    const other = await begin(aSession('other'));
    await headDoc().update({ head: Buffer.from('{"version":1}') });
    await expect(stores.store.loadHead(key)).rejects.toMatchObject({ code: 'data-loss' });
    expect(await stores.store.loadHead(other.sessionKey)).toEqual(other);
    const found = await headDoc().get();
    expect(String(found.get('head'))).toBe('{"version":1}');
  });

  it('says data-loss on an item of an unknown codec', async () => {
    await begin();
    await headDoc().collection('items').doc('0000000000000002').update({ codec: 'json-lz4' });
    await expect(stores.store.readSeqs(key, [2])).rejects.toMatchObject({
      code: 'data-loss',
      details: { codec: 'json-lz4' },
    });
    expect((await stores.store.readSeqs(key, [1, 3])).items).toHaveLength(2);
  });

  it('writes nothing more for a user from the moment a tombstone is put, however busy they are', async () => {
    const writer = harness.stores(harness.client());
    let isOver = false;
    let committed = 0;
    const names = Array.from({ length: 12 }, (_, index) => aSession(`busy ${index}`));
    const write = async (name: typeof session) => {
      let head = anAppend(name, [anItem(1)]).head;
      let change = anAppend(name, [anItem(1)]);
      while (!isOver) {
        await writer.store.commit(change);
        committed++;
        head = change.head;
        change = anAppend(head, [anItem(head.lastSeq + 1)]);
      }
    };
    // Half of them go on with a session; the others begin new ones all the time.
    const beginMany = async (name: typeof session) => {
      for (let number = 0; !isOver; number++) {
        const one = aSession(`${name.sessionId}.${number}`);
        await writer.store.commit(anAppend(one, [anItem(1)]));
        committed++;
      }
    };
    const writers = names.map((name, index) => (index % 2 === 0 ? write : beginMany)(name));
    const outcomes = Promise.allSettled(writers);
    while (committed < 60) await new Promise(setImmediate);
    await stores.erasure.putTombstone(tombstone('erasing'));
    const versions = async () => {
      const heads = await firestore.collection('sessions').select('version').get();
      return heads.docs.map((head) => `${head.id} ${head.get('version')}`);
    };
    const before = await versions();
    const results = await outcomes;
    isOver = true;
    expect(await versions()).toEqual(before);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
  });

  it('finishes marking the heads when the one who put a tombstone died over it', async () => {
    const head = await begin();
    await stores.erasure.putTombstone(tombstone('erasing'));
    const stone = (await firestore.collection('tombstones').get()).docs[0];
    await stone?.ref.update({ isSettled: false });
    await headDoc().set({ ...(await headDoc().get()).data(), guardedUntilMs: null });
    expect(await stores.erasure.readTombstone(session.userId, harness.now())).toMatchObject({
      status: 'erasing',
    });
    expect((await headDoc().get()).get('guardedUntilMs')).toBe(harness.now() + MINUTE_MS);
    const late = stores.store.commit(anAppend(head, [anItem(4)]));
    await expect(late).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('refuses late events for a user who came back, then forgets the tombstone with it', async () => {
    await stores.erasure.putTombstone(tombstone('erased'));
    const append = (from: Parameters<typeof anAppend>[0], seq: number, isEvent: boolean) =>
      anAppend(from, [anItem(seq)], { guard: { startedAtMs: harness.now() + 1, isEvent } });
    const first = append(session, 1, false);
    await stores.store.commit(first);
    for (const isLoaded of [false, true]) {
      if (isLoaded) await stores.store.loadHead(key);
      const event = stores.store.commit(append(first.head, 2, true));
      await expect(event).rejects.toMatchObject({ code: 'erased' });
    }
    const second = append(first.head, 2, false);
    expect(await stores.store.commit(second)).toEqual({ status: 'committed' });
    await harness.elapse(MINUTE_MS + 1);
    const third = append(second.head, 3, true);
    expect(await stores.store.commit(third)).toEqual({ status: 'committed' });
    const calls = recordCalls(firestore);
    await stores.store.commit(append(third.head, 4, true));
    expect(calls.map(({ method }) => method)).toEqual(['commit']);
  });

  it('leaves nothing behind when appends race with the erasure of their session', async () => {
    const writer = harness.stores(harness.client());
    let { head } = anAppend(session, [anItem(1)]);
    await writer.store.commit(anAppend(session, [anItem(1)]));
    const write = async () => {
      for (;;) {
        const change = anAppend(head, [anItem(head.lastSeq + 1)]);
        await writer.store.commit(change);
        head = change.head;
      }
    };
    const stopped = write().catch((error: unknown) => error);
    while (head.lastSeq < 10) await new Promise(setImmediate);
    while (!(await stores.erasure.eraseSession(key, 4)).isDone);
    expect(await stopped).toMatchObject({ code: 'aborted' });
    expect(await headDoc().listCollections()).toEqual([]);
  });

  it('does not delete the head of a session that was appended to after its documents were listed', async () => {
    const head = await begin();
    const writer = await harness.peer();
    const late = anAppend(head, [anItem(4)]);
    let commits = 0;
    answerCalls(firestore, 'commit', async (send) => {
      if (commits++ === 0) await writer.store.commit(late);
      return send();
    });
    expect(await stores.erasure.eraseSession(key, 100)).toMatchObject({ isDone: true, items: 4 });
    expect(await headDoc().listCollections()).toEqual([]);
  });

  it('keeps a dead letter that is larger than a document', async () => {
    const data = Array.from({ length: 300_000 }, (_, place) => (place * 2_654_435_761) % 2 ** 32);
    const letter = {
      topic: 't',
      data,
      attributes: {},
      reason: 'r',
      attempts: 1,
      atMs: 1,
      expiresAtMs: 9e12,
    };
    await stores.deadLetters.add({ ...letter, userId: 'u' });
    const [found] = await stores.deadLetters.list(1);
    expect(found?.data).toEqual(data);
    await stores.deadLetters.eraseUser('u');
    expect(await firestore.collectionGroup('parts').get()).toMatchObject({ size: 0 });
  });
}

/** What Node would end the process for, from now to the end of the test. */
function listenForUnheard(): unknown[] {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  onTestFinished(() => void process.off('unhandledRejection', hear));
  return unheard;
}

const refuse = (status: number) => () =>
  Promise.reject(Object.assign(new Error('refused'), { code: status }));

/** A port that takes connections and says nothing. */
async function silentPort(): Promise<number> {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  return port;
}

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describe('Firestore, when something goes wrong', describeFaults);
} else {
  it('needs a Firestore emulator', () => reportMissing('the faults of Firestore'));
}
