import { randomUUID } from 'node:crypto';
import { type DocumentReference, type Firestore, Timestamp } from '@google-cloud/firestore';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { emulatedFirestore } from '../../testing/firestore-harness.ts';
import { recordCalls } from '../../testing/wire-log.ts';
import { type Batch, ClientBatch, openBatch } from './batch.ts';
import { statusOf } from './firestore-error.ts';

/** A value of each type that our documents hold. */
const FIELDS = {
  text: 'Zürich 東京 🚆 \u0000',
  empty: '',
  count: 1_790_000_000_123,
  negative: -3,
  share: 0.25,
  isSet: true,
  bytes: Buffer.from([0, 1, 128, 255]),
  none: Buffer.alloc(0),
  at: Timestamp.fromMillis(1_790_000_000_123),
  ids: ['a', 'b'],
  nobody: [],
  tiers: { hot: { items: 2, bytes: 300 }, warm: {} },
};

const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;

function describeBatch(): void {
  const databaseId = `t-${randomUUID()}`;
  let db: Firestore;
  beforeAll(() => {
    db = emulatedFirestore(databaseId);
  });
  afterAll(() => db.terminate());

  it('goes out in the shape of the protocol, as one commit', async () => {
    const calls = recordCalls(db);
    const ref = db.collection('plain').doc('shape');
    const batch = openBatch(db);
    batch.set(ref, { n: 1 });
    batch.delete(ref.collection('items').doc('1'));
    await batch.commit();
    const name = `projects/demo-strata/databases/${databaseId}/documents/plain/shape`;
    expect(calls.map(({ method, request }) => [method, request.writes])).toEqual([
      [
        'commit',
        [{ update: { name, fields: { n: { integerValue: 1 } } } }, { delete: `${name}/items/1` }],
      ],
    ]);
  });

  it('refuses a value that no document of ours holds, and sends nothing', () => {
    const batch = openBatch(db);
    const ref = db.collection('plain').doc('x');
    for (const value of [new Map(), () => 1, null, Symbol('s')]) {
      expect(() => batch.set(ref, { value })).toThrow(TypeError);
    }
  });

  it.each(['request', 'initializeIfNeeded'])(
    'is one of the client where that has no %s',
    (name) => {
      const other = new Proxy(db, {
        get: (target, key) => (key === name ? undefined : Reflect.get(target, key, target)),
      });
      expect(openBatch(db)).not.toBeInstanceOf(ClientBatch);
      expect(openBatch(other)).toBeInstanceOf(ClientBatch);
    },
  );

  it('may be the first thing that a client does, with the rights that all of its calls have', async () => {
    const first = emulatedFirestore(databaseId);
    const batch = openBatch(first);
    batch.set(first.collection('plain').doc('first'), { n: 1 });
    await batch.commit();
    expect(headersOf(first)).toMatchObject({ Authorization: 'Bearer owner' });
    await first.terminate();
  });
}

/** What the client sends with every call. */
const headersOf = (db: Firestore): unknown =>
  (db as unknown as { readonly _settings: { readonly customHeaders?: unknown } })._settings
    .customHeaders;

function describeKind(open: (db: Firestore) => Batch): void {
  let db: Firestore;
  let ref: DocumentReference;
  let documents = 0;
  beforeAll(() => {
    db = emulatedFirestore(`t-${randomUUID()}`);
  });
  beforeEach(() => {
    ref = db.collection('plain').doc(`d${documents++}`);
  });
  afterAll(() => db.terminate());
  const commit = (write: (batch: Batch) => void) => {
    const batch = open(db);
    write(batch);
    return batch.commit();
  };
  const read = async () => (await ref.get()).data();
  const refusal = async (write: (batch: Batch) => void) =>
    statusOf(await commit(write).catch((error: unknown) => error));

  it('writes every type as the client reads it, and says when', async () => {
    const time = await commit((batch) => batch.create(ref, FIELDS));
    const stored = await ref.get();
    expect(stored.data()).toEqual(FIELDS);
    expect(time?.isEqual(stored.updateTime ?? Timestamp.now())).toBe(true);
  });

  it('sets, changes some fields, and deletes', async () => {
    const gone = ref.collection('items').doc('1');
    await gone.set({ n: 1 });
    await commit((batch) => {
      batch.set(ref, { a: 1, b: 2 });
      batch.update(ref, { b: 3 });
      batch.delete(gone);
    });
    expect(await read()).toEqual({ a: 1, b: 3 });
    expect((await gone.get()).exists).toBe(false);
  });

  it('replaces the version that was read, and leaves out what is not there any more', async () => {
    const first = await ref.set({ a: 1, b: 2 });
    const time = await commit((batch) =>
      batch.replace(ref, { a: 3, b: undefined }, first.writeTime),
    );
    expect(await read()).toEqual({ a: 3 });
    if (!time) throw new TypeError('The time of the write is not told');
    await commit((batch) => batch.replace(ref, { a: 4, b: undefined }, time));
    expect(await read()).toEqual({ a: 4 });
  });

  it('refuses to replace another version, or nothing, and writes nothing else then', async () => {
    const first = await ref.set({ a: 1 });
    await ref.set({ a: 2 });
    const item = ref.collection('items').doc('1');
    const stale = (batch: Batch) => {
      batch.set(item, { n: 1 });
      batch.replace(ref, { a: 3 }, first.writeTime);
    };
    expect(await refusal(stale)).toBe(FAILED_PRECONDITION);
    expect(await read()).toEqual({ a: 2 });
    expect((await item.get()).exists).toBe(false);
    await ref.delete();
    expect([NOT_FOUND, FAILED_PRECONDITION]).toContain(await refusal(stale));
    expect(await read()).toBeUndefined();
  });

  it('refuses to create what is there, and to change what is not', async () => {
    await ref.set({ a: 1 });
    expect(await refusal((batch) => batch.create(ref, { a: 2 }))).toBe(ALREADY_EXISTS);
    await ref.delete();
    expect(await refusal((batch) => batch.update(ref, { a: 2 }))).toBe(NOT_FOUND);
    expect(await read()).toBeUndefined();
  });
}

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describe('a batch', describeBatch);
  describe('a batch in the shape of the protocol', () => describeKind(openBatch));
  describe('a batch of the client', () => describeKind((db) => new ClientBatch(db)));
} else {
  it('needs a Firestore emulator', () => reportMissing('batches on Firestore'));
}
