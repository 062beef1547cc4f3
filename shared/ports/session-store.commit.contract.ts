import { beforeEach, expect, it } from 'vitest';
import { sessionKeyOf } from '../domain/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../kernel/clock.ts';
import {
  aChange,
  aHead,
  anAppend,
  anItem,
  aReplay,
  aSegment,
  aSession,
  aSummary,
  nextHead,
  someItems,
} from '../testing/builders.ts';
import type { DurableHarness, DurableStores } from '../testing/durable-harness.ts';
import type { Tombstone } from './erasure-store.ts';

/** Long enough for a store behind a network to answer in. */
const SHORT_MS = 2 * SECOND_MS;

/** Fails in the middle of a commit, as a full disk or a document too large does. */
const unwritable = (): never => {
  throw new TypeError('This cannot be written');
};

const session = aSession();
const key = sessionKeyOf(session);

/** The rules of `SessionStore.commit`. */
export function describeCommits(harness: DurableHarness): void {
  let stores: DurableStores;
  beforeEach(async () => {
    stores = await harness.create();
  });
  const seqsOf = async () => {
    const slice = await stores.store.readLog(key, { fromSeq: 1, order: 'asc', limit: 100 });
    return slice.items.map(({ seq }) => seq);
  };

  it('lets exactly one of 20 simultaneous commits begin a session', async () => {
    const tries = Array.from({ length: 20 }, (_, index) =>
      stores.store.commit(anAppend(session, [anItem(1, { content: `try ${index}` })])),
    );
    const results = await Promise.allSettled(tries);
    const won = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(won).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'aborted' });
    }
    const { items } = await stores.store.readSeqs(key, [1]);
    expect(items.map(({ content }) => content)).toEqual([`try ${won[0]}`]);
  });

  it('lets exactly one of 20 simultaneous commits on one version win', async () => {
    const first = anAppend(session, [anItem(1)]);
    await stores.store.commit(first);
    const peer = await harness.peer();
    const tries = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? stores : peer).store.commit(anAppend(first.head, [anItem(2)])),
    );
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await seqsOf()).toEqual([1, 2]);
  });

  it('refuses an unexpected version and writes nothing of the change', async () => {
    const first = anAppend(session, [anItem(1)]);
    await stores.store.commit(first);
    const second = anAppend(first.head, [anItem(2)]);
    await stores.store.commit(second);
    const stale = anAppend(first.head, [anItem(2, { content: 'late' }), anItem(3)], {
      deleteItems: [1],
      putSegments: [aSegment(someItems(11, 12))],
      putSummary: aSummary(session, 1),
      replays: [aReplay('k', { expiresAtMs: harness.now() + MINUTE_MS })],
    });
    await expect(stores.store.commit(stale)).rejects.toMatchObject({ code: 'aborted' });
    expect(await stores.store.loadHead(key)).toEqual(second.head);
    expect((await stores.store.readSeqs(key, [1, 2, 3])).items).toEqual([anItem(1), anItem(2)]);
    expect((await stores.store.readSeqs(key, [1, 2, 3])).segments).toEqual([]);
    expect(await stores.store.readSummaries(key, { coveringSeq: 1 })).toEqual([]);
    const retry = anAppend(second.head, [anItem(3)], { replays: stale.replays ?? [] });
    expect(await stores.store.commit(retry)).toEqual({ status: 'committed' });
  });

  it('writes nothing of a change that cannot be written whole', async () => {
    const first = anAppend(session, [anItem(1)]);
    await stores.store.commit(first);
    const torn = Object.assign(aSummary(session, 1), { toJSON: unwritable });
    const change = anAppend(first.head, [anItem(2)], { putSummary: torn, replays: [aReplay('k')] });
    await expect(stores.store.commit(change)).rejects.toThrow();
    expect(await seqsOf()).toEqual([1]);
    const again = anAppend(first.head, [anItem(2)], { replays: [aReplay('k')] });
    expect(await stores.store.commit(again)).toEqual({ status: 'committed' });
    expect(await seqsOf()).toEqual([1, 2]);
  });

  it('refuses to begin a session that is there, and to go on with one that is not', async () => {
    await stores.store.commit(anAppend(session, [anItem(1)]));
    const again = anAppend(session, [anItem(1)]);
    await expect(stores.store.commit(again)).rejects.toMatchObject({ code: 'aborted' });
    const missing = anAppend(aHead(aSession('missing')), [anItem(1)]);
    await expect(stores.store.commit(missing)).rejects.toMatchObject({ code: 'aborted' });
    expect(await stores.store.loadHead(missing.sessionKey)).toBeUndefined();
  });

  it('deletes before it puts', async () => {
    const old = aSegment(someItems(21, 23));
    const first = anAppend(session, someItems(1, 4), { putSegments: [old] });
    await stores.store.commit(first);
    const renewed = anItem(2, { content: 'renewed' });
    const smaller = aSegment(someItems(21, 22));
    await stores.store.commit(
      aChange(first.head, nextHead(first.head), {
        deleteItems: [4, 2, 3],
        putItems: [{ item: renewed, dueAtMs: undefined }],
        deleteSegments: [21],
        putSegments: [smaller],
      }),
    );
    expect((await stores.store.readSeqs(key, [1, 2, 3, 4])).items).toEqual([anItem(1), renewed]);
    const { segments } = await stores.store.readSeqs(key, [21, 22, 23, 24]);
    expect(segments).toMatchObject([{ firstSeq: 21, count: 2 }]);
  });

  it('replaces items, segments and summaries that are put again', async () => {
    const summary = aSummary(session, 1);
    const first = anAppend(session, [anItem(1)], {
      putSegments: [aSegment(someItems(21, 22))],
      putSummary: summary,
    });
    await stores.store.commit(first);
    const longer = aSegment(someItems(21, 29));
    await stores.store.commit(
      aChange(first.head, nextHead(first.head), {
        putItems: [{ item: anItem(1, { pinned: true }), dueAtMs: undefined }],
        putSegments: [longer],
        putSummary: { ...summary, text: 'Better' },
      }),
    );
    expect((await stores.store.readSeqs(key, [1])).items).toEqual([anItem(1, { pinned: true })]);
    expect((await stores.store.readSeqs(key, [29])).segments).toHaveLength(1);
    const texts = await stores.store.readSummaries(key, { coveringSeq: 1 });
    expect(texts.map(({ text }) => text)).toEqual(['Better']);
  });

  it('leaves a summary that is put again at its place in the order of commits', async () => {
    const first = aHead(session);
    await stores.store.commit(aChange(undefined, first, { putSummary: aSummary(session, 1) }));
    const second = nextHead(first);
    await stores.store.commit(aChange(first, second, { putSummary: aSummary(session, 2) }));
    const putSummary = aSummary(session, 1, { text: 'Better' });
    await stores.store.commit(aChange(second, nextHead(second), { putSummary }));
    const texts = await stores.store.readSummaries(key, { coveringSeq: 1 });
    expect(texts.map(({ text }) => text)).toEqual(['Better', 'Summary 2']);
  });

  it('replaces the accesses of a segment and nothing else of it', async () => {
    const segment = aSegment(someItems(1, 3));
    const first = aHead(session);
    await stores.store.commit(aChange(undefined, first, { putSegments: [segment] }));
    const accesses = { 2: { count: 1.5, atMs: 1_767_225_600_000 } };
    const change = aChange(first, nextHead(first), {
      segmentAccesses: [{ firstSeq: 1, accesses }],
    });
    await stores.store.commit(change);
    const { segments } = await stores.store.readSeqs(key, [2]);
    expect(segments[0]).toEqual({ ...segment, accesses, bytes: segments[0]?.bytes });
    expect(Buffer.from(segments[0]?.bytes ?? []).equals(Buffer.from(segment.bytes))).toBe(true);
  });

  it('answers keys in use, exactly those, and writes nothing', async () => {
    const expiresAtMs = harness.now() + MINUTE_MS;
    const used = [aReplay('a\ud800/b', { seq: 1, expiresAtMs }), aReplay('c', { expiresAtMs })];
    const first = anAppend(session, [anItem(1)], { replays: used });
    await stores.store.commit(first);
    const mine = [aReplay('new', { expiresAtMs }), aReplay('c', { seq: 9, hash: 'other' })];
    const repeated = anAppend(first.head, [anItem(2)], { replays: mine });
    const answer = { status: 'replayed', records: [used[1]] };
    expect(await stores.store.commit(repeated)).toEqual(answer);
    expect(await stores.store.loadHead(key)).toEqual(first.head);
    expect(await seqsOf()).toEqual([1]);
    const wild = anAppend(first.head, [anItem(2)], { replays: used.slice(0, 1) });
    expect(await stores.store.commit(wild)).toEqual({ status: 'replayed', records: [used[0]] });
    const near = [...mine.slice(0, 1), aReplay('a\ufffd/b', { expiresAtMs })];
    const fresh = anAppend(first.head, [anItem(2)], { replays: near });
    expect(await stores.store.commit(fresh)).toEqual({ status: 'committed' });
  });

  it('lets keys in use win over a stale version and over an erasure', async () => {
    const replays = [aReplay('k', { expiresAtMs: harness.now() + MINUTE_MS })];
    await stores.store.commit(anAppend(session, [anItem(1)], { replays }));
    const guard = { startedAtMs: 0, isEvent: true };
    const stale = anAppend(session, [anItem(1)], { replays, guard });
    expect(await stores.store.commit(stale)).toEqual({ status: 'replayed', records: replays });
    await stores.erasure.putTombstone(tombstone('erasing', MINUTE_MS));
    expect(await stores.store.commit(stale)).toEqual({ status: 'replayed', records: replays });
  });

  it('keeps keys of different sessions apart', async () => {
    const replays = [aReplay('k', { expiresAtMs: harness.now() + MINUTE_MS })];
    await stores.store.commit(anAppend(session, [anItem(1)], { replays }));
    const other = anAppend(aSession('s2'), [anItem(1)], { replays });
    expect(await stores.store.commit(other)).toEqual({ status: 'committed' });
  });

  it('takes an expired key for free, and remembers its new use', async () => {
    const soon = aReplay('k', { expiresAtMs: harness.now() + SHORT_MS });
    const first = anAppend(session, [anItem(1)], { replays: [soon] });
    await stores.store.commit(first);
    await harness.elapse(SHORT_MS + 1);
    const renewed = aReplay('k', { seq: 2, expiresAtMs: harness.now() + MINUTE_MS });
    const second = anAppend(first.head, [anItem(2)], { replays: [renewed] });
    expect(await stores.store.commit(second)).toEqual({ status: 'committed' });
    const third = anAppend(second.head, [anItem(3)], { replays: [renewed] });
    expect(await stores.store.commit(third)).toEqual({ status: 'replayed', records: [renewed] });
  });

  const tombstone = (status: Tombstone['status'], ttlMs: number): Tombstone => ({
    userId: session.userId,
    erasedAtMs: harness.now(),
    status,
    receiptId: 'r1',
    expiresAtMs: harness.now() + ttlMs,
  });

  it('writes nothing for a user whose erasure goes on', async () => {
    const first = anAppend(session, [anItem(1)]);
    await stores.store.commit(first);
    await stores.erasure.putTombstone(tombstone('erasing', MINUTE_MS));
    const guard = { startedAtMs: harness.now() + MINUTE_MS, isEvent: false };
    const guarded = anAppend(first.head, [anItem(2)], { guard });
    await expect(stores.store.commit(guarded)).rejects.toMatchObject({ code: 'unavailable' });
    const unguarded = anAppend(first.head, [anItem(2)]);
    await expect(stores.store.commit(unguarded)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await seqsOf()).toEqual([1]);
    const other = anAppend(aSession('s1', 'u2'), [anItem(1)], { guard });
    expect(await stores.store.commit(other)).toEqual({ status: 'committed' });
  });

  it('refuses what comes from before an erasure or from an event, and takes what is new', async () => {
    const { erasedAtMs, ...erased } = tombstone('erased', MINUTE_MS);
    await stores.erasure.putTombstone({ ...erased, erasedAtMs });
    const append = (startedAtMs: number, isEvent: boolean) =>
      stores.store.commit(anAppend(session, [anItem(1)], { guard: { startedAtMs, isEvent } }));
    await expect(append(erasedAtMs, false)).rejects.toMatchObject({ code: 'erased' });
    await expect(append(erasedAtMs + 1, true)).rejects.toMatchObject({ code: 'erased' });
    expect(await stores.store.loadHead(key)).toBeUndefined();
    expect(await append(erasedAtMs + 1, false)).toEqual({ status: 'committed' });
  });

  it('ignores a tombstone that expired', async () => {
    await stores.erasure.putTombstone(tombstone('erasing', SHORT_MS));
    await harness.elapse(SHORT_MS + 1);
    const guard = { startedAtMs: 0, isEvent: true };
    const change = anAppend(session, [anItem(1)], { guard });
    expect(await stores.store.commit(change)).toEqual({ status: 'committed' });
  });
}
