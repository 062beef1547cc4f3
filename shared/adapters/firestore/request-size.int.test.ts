import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import type { StoredItem } from '../../domain/item.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { DeadLetter } from '../../ports/dead-letters.ts';
import { anAppend, anItem, aReplay, aSession } from '../../testing/builders.ts';
import { FirestoreHarness } from '../../testing/firestore-harness.ts';
import { answerCalls, recordCalls } from '../../testing/wire-log.ts';
import { openFirestore } from './open-firestore.ts';

const KIB = 1_024;
const session = aSession();
const key = sessionKeyOf(session);
const everything = { fromSeq: 1, order: 'asc', limit: 1_000 } as const;

/** Text that compression takes a quarter off, and no more. */
const noise = (length: number): string =>
  randomBytes(Math.ceil(length / 4) * 3)
    .toString('base64')
    .slice(0, length);

const noisyItems = (count: number, bytes: number): StoredItem[] => {
  const content = noise(bytes);
  return Array.from({ length: count }, (_, index) => anItem(index + 1, { content }));
};

function describeRequestSizes(): void {
  const harness = new FirestoreHarness();
  beforeEach(() => harness.create());
  afterAll(() => harness.dispose());

  const prepared = () => {
    const firestore = harness.client();
    const { store, deadLetters } = harness.stores(firestore);
    return { firestore, store, deadLetters, calls: recordCalls(firestore) };
  };

  it('takes all that one request takes, to the last kilobytes, in one commit', async () => {
    const { store, calls } = prepared();
    const large = noisyItems(18, 256 * KIB);
    const small = Array.from({ length: 400 }, (_, index) => anItem(index + 19));
    const replays = [...large, ...small].map(({ seq }) => aReplay(`key ${seq}`));
    const filler = noise(256 * KIB);
    let items: StoredItem[] = [];
    let refused = 0;
    for (let rest = filler.length; rest > 0; rest -= 8 * KIB) {
      items = [...large, ...small, anItem(419, { content: filler.slice(0, rest) })];
      const outcome = await store
        .commit(anAppend(session, items, { replays }))
        .catch((error: unknown) => AppError.from(error));
      if (!(outcome instanceof AppError)) break;
      expect(outcome.code).toBe('payload-too-large');
      refused++;
    }
    expect(refused).toBeGreaterThan(0);
    expect(calls.filter(({ method }) => method === 'commit')).toHaveLength(1);
    const { items: found } = await store.readLog(key, everything);
    expect(found.map(({ content }) => content)).toEqual(items.map(({ content }) => content));
  });

  it('refuses what is larger before it writes anything, and names the limit', async () => {
    const { store, calls } = prepared();
    const first = anAppend(session, [anItem(1)]);
    await store.commit(first);
    await store.loadHead(key);
    const more = noisyItems(24, 256 * KIB).map((item) => ({ ...item, seq: item.seq + 1 }));
    calls.length = 0;
    for (const before of [first.head, aSession('new')]) {
      await expect(store.commit(anAppend(before, more))).rejects.toMatchObject({
        code: 'payload-too-large',
        message: expect.stringContaining('4194304 can be written at once'),
        details: { maxBytes: 4_194_304 },
      });
    }
    expect(calls.filter(({ method }) => method === 'commit')).toEqual([]);
    expect((await store.readLog(key, everything)).items).toEqual([anItem(1)]);
    expect(await store.loadHead(sessionKeyOf(aSession('new')))).toBeUndefined();
  });

  it('takes 8 MiB of text at once', async () => {
    const { store } = prepared();
    const items = Array.from({ length: 500 }, (_, index) =>
      anItem(index + 1, { content: sentences(index) }),
    );
    expect(items.reduce((sum, { content }) => sum + content.length, 0)).toBeGreaterThan(8e6);
    await store.commit(anAppend(session, items));
    const { items: found } = await store.readLog(key, { ...everything, fromSeq: 500 });
    expect(found[0]?.content).toBe(items[499]?.content);
  });

  it.each([
    ['32 items of 256 KiB', 32, 256 * KIB],
    ['500 items of 16 KiB', 500, 16 * KIB],
  ])(
    'sends the largest request of the API to Firestore itself: %s',
    async (_name, count, bytes) => {
      const firestore = harness.client();
      const { store, close } = openFirestore({ firestore, clock: harness.clock });
      onTestFinished(close);
      let sent = 0;
      answerCalls(firestore, 'commit', async () => {
        sent++;
        throw Object.assign(new Error('refused'), { code: 7 });
      });
      const items = noisyItems(count, bytes);
      const long = 'é'.repeat(256);
      const replays = items.map(({ seq }) => aReplay(`${long}${seq}`));
      const append = store.commit(anAppend(session, items, { replays }));
      await expect(append).rejects.toMatchObject({ code: 'unavailable' });
      expect(sent).toBe(1);
    },
  );

  const aLetter = (bytes: number): DeadLetter => ({
    ...{
      topic: 't',
      attributes: {},
      reason: 'r',
      attempts: 1,
      atMs: 1,
      expiresAtMs: 9e12,
      userId: 'u',
    },
    data: noise(bytes),
  });

  it('keeps a dead letter that is larger than a request, and erases all of it', async () => {
    const { deadLetters, firestore } = prepared();
    const letter = aLetter(10 * KIB * KIB);
    await deadLetters.add(letter);
    const [found] = await deadLetters.list(1);
    expect(found?.data === letter.data).toBe(true);
    await deadLetters.eraseUser('u');
    expect(await firestore.collectionGroup('parts').get()).toMatchObject({ size: 0 });
  });

  it('gives every document of a dead letter the same end, and erases parts that outlived theirs', async () => {
    const { deadLetters, firestore } = prepared();
    await deadLetters.add({ ...aLetter(3 * KIB * KIB), expiresAtMs: 9e12 });
    const parts = await firestore.collectionGroup('parts').get();
    const letter = (await firestore.collection('deadLetters').get()).docs[0];
    expect(parts.size).toBeGreaterThan(1);
    for (const document of [...parts.docs, ...(letter ? [letter] : [])])
      expect(document.get('expireAt').toMillis()).toBe(9e12);
    await letter?.ref.delete();
    await deadLetters.eraseUser('someone else');
    expect(await firestore.collectionGroup('parts').get()).toMatchObject({ size: parts.size });
    await deadLetters.eraseUser('u');
    expect(await firestore.collectionGroup('parts').get()).toMatchObject({ size: 0 });
  });

  it('lists no half of a dead letter, and erases it', async () => {
    const { deadLetters, firestore } = prepared();
    let commits = 0;
    answerCalls(firestore, 'commit', (send) =>
      ++commits === 3 ? Promise.reject(new Error('died')) : send(),
    );
    await expect(deadLetters.add(aLetter(10 * KIB * KIB))).rejects.toThrow();
    expect(await deadLetters.list(9)).toEqual([]);
    expect(await firestore.collectionGroup('parts').get()).not.toMatchObject({ size: 0 });
    await deadLetters.eraseUser('u');
    expect(await firestore.collectionGroup('parts').get()).toMatchObject({ size: 0 });
  });

  it('leaves no part of a dead letter that was erased while it was kept', async () => {
    const { deadLetters, firestore } = prepared();
    const eraser = (await harness.peer()).deadLetters;
    let commits = 0;
    answerCalls(firestore, 'commit', async (send) => {
      if (++commits === 3) await eraser.eraseUser('u');
      return send();
    });
    await deadLetters.add(aLetter(10 * KIB * KIB));
    expect(await firestore.collectionGroup('parts').get()).toMatchObject({ size: 0 });
    expect(await deadLetters.list(9)).toEqual([]);
  });
}

/** 20 KB that read like a report. */
const sentences = (index: number): string =>
  Array.from(
    { length: 280 },
    (_, line) => `Order ${index}-${line} of ${line * 7} pieces left the warehouse, and was paid. `,
  ).join('');

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describe('what one request to Firestore takes', describeRequestSizes);
} else {
  it('needs a Firestore emulator', () => reportMissing('the request sizes of Firestore'));
}
