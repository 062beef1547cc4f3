import { beforeEach, describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../domain/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../kernel/clock.ts';
import {
  anAppend,
  anItem,
  aReplay,
  aSegment,
  aSession,
  aSummary,
  someItems,
} from '../testing/builders.ts';
import type { DurableHarness, DurableStores } from '../testing/durable-harness.ts';
import type { ErasedStep, ErasureReceipt, Tombstone } from './erasure-store.ts';

/** What every `ErasureStore` must do. Each adapter's test file calls this once. */
export function describeErasureStore(name: string, harness: DurableHarness): void {
  describe(`${name} keeps the ErasureStore contract`, () => {
    describe('a tombstone', () => describeTombstones(harness));
    describe('a receipt', () => describeReceipts(harness));
    describe('the erasure of a session', () => describeErasure(harness));
    describe('traces', () => describeTraces(harness));
  });
}

const SHORT_MS = 2 * SECOND_MS;
const session = aSession();
const key = sessionKeyOf(session);

function describeTombstones(harness: DurableHarness): void {
  const stone = (fields: Partial<Tombstone> = {}): Tombstone => ({
    userId: 'u\ud800/1',
    erasedAtMs: 1_767_225_600_000,
    status: 'erasing',
    receiptId: 'r1',
    expiresAtMs: harness.now() + MINUTE_MS,
    ...fields,
  });

  it('is read as it was put, for its user alone, and can be replaced', async () => {
    const { erasure } = await harness.create();
    await erasure.putTombstone(stone());
    expect(await erasure.readTombstone('u\ud800/1', harness.now())).toEqual(stone());
    expect(await erasure.readTombstone('u\ud800', harness.now())).toBeUndefined();
    const done = stone({ status: 'erased' });
    await erasure.putTombstone(done);
    expect(await erasure.readTombstone('u\ud800/1', harness.now())).toEqual(done);
  });

  it('is gone when it expired', async () => {
    const { erasure } = await harness.create();
    await erasure.putTombstone(stone({ expiresAtMs: harness.now() + SHORT_MS }));
    await harness.elapse(SHORT_MS + 1);
    expect(await erasure.readTombstone('u\ud800/1', harness.now())).toBeUndefined();
    await erasure.putTombstone(stone({ userId: 'another' }));
    expect(await erasure.readTombstone('another', harness.now())).toMatchObject({
      userId: 'another',
    });
  });
}

function describeReceipts(harness: DurableHarness): void {
  const begun: ErasureReceipt = {
    receiptId: 'r1',
    userId: 'u\ud800',
    status: 'erasing',
    sessions: 1,
    items: 2,
    segments: 3,
    summaries: 4,
    cacheKeys: 5,
    verifiedEmpty: false,
    startedAtMs: 1_767_225_600_000,
  };

  it('is read as it was put last', async () => {
    const { erasure } = await harness.create();
    expect(await erasure.readReceipt('r1')).toBeUndefined();
    await erasure.putReceipt(begun);
    expect(await erasure.readReceipt('r1')).toEqual(begun);
    const done = { ...begun, status: 'erased', verifiedEmpty: true, completedAtMs: 1 } as const;
    await erasure.putReceipt(done);
    expect(await erasure.readReceipt('r1')).toEqual(done);
    expect(await erasure.readReceipt('r2')).toBeUndefined();
  });
}

function describeErasure(harness: DurableHarness): void {
  let stores: DurableStores;
  beforeEach(async () => {
    stores = await harness.create();
  });
  const replays = (expiresAtMs: number) => ['a', 'b'].map((one) => aReplay(one, { expiresAtMs }));
  // 4 rows, 2 segments with 5 items, 2 summaries and 2 idempotency keys: 10 documents and the head.
  const fill = async (name = session) => {
    const first = anAppend(name, someItems(21, 24), {
      putSegments: [aSegment(someItems(1, 3)), aSegment(someItems(4, 5))],
      putSummary: aSummary(name, 1),
      replays: replays(harness.now() + MINUTE_MS),
    });
    await stores.store.commit(first);
    const second = anAppend(first.head, [], { putSummary: aSummary(name, 2) });
    await stores.store.commit(second);
    return second.head;
  };
  const everything = async (name = key) => ({
    head: await stores.store.loadHead(name),
    log: await stores.store.readLog(name, { fromSeq: 1, order: 'asc', limit: 100 }),
    summaries: await stores.store.readSummaries(name, { coveringSeq: 1 }),
  });
  const NOTHING = {
    head: undefined,
    log: { items: [], segments: [] },
    summaries: [],
  };

  it('is done at once for a session that is not there', async () => {
    const step = { isDone: true, items: 0, segments: 0, summaries: 0 };
    expect(await stores.erasure.eraseSession(key, 10)).toEqual(step);
  });

  it('removes everything of the session, counting items wherever they live, and no other session', async () => {
    await fill();
    await fill(aSession('s2'));
    const other = sessionKeyOf(aSession('s2'));
    const before = await everything(other);
    expect(await stores.erasure.eraseSession(key, 100)).toEqual({
      isDone: true,
      items: 9,
      segments: 2,
      summaries: 2,
    });
    expect(await everything()).toEqual(NOTHING);
    expect(await everything(other)).toEqual(before);
    expect(await stores.index.listSessions('u1', { limit: 9 })).toMatchObject([
      { sessionId: 's2' },
    ]);
    expect(await stores.index.totals()).toMatchObject({ sessions: 1, summaries: 2 });
  });

  it('goes in bounded steps, the head last', async () => {
    const head = await fill();
    const steps: ErasedStep[] = [];
    do {
      expect(await stores.store.loadHead(key)).toEqual(head);
      steps.push(await stores.erasure.eraseSession(key, 3));
    } while (!steps.at(-1)?.isDone && steps.length < 20);
    expect(await everything()).toEqual(NOTHING);
    expect(steps.length).toBeGreaterThanOrEqual(4);
    const sum = (pick: (step: ErasedStep) => number) =>
      steps.reduce((total, step) => total + pick(step), 0);
    expect(sum(({ items }) => items)).toBe(9);
    expect(sum(({ segments }) => segments)).toBe(2);
    expect(sum(({ summaries }) => summaries)).toBe(2);
    for (const { segments, summaries } of steps)
      expect(segments + summaries).toBeLessThanOrEqual(3);
  });

  it('can be repeated, and goes on after a restart', async () => {
    await fill();
    await stores.erasure.eraseSession(key, 3);
    if (harness.reopen) stores = await harness.reopen();
    expect(await stores.store.loadHead(key)).toBeDefined();
    while (!(await stores.erasure.eraseSession(key, 3)).isDone);
    expect(await stores.erasure.eraseSession(key, 3)).toMatchObject({ isDone: true, items: 0 });
    expect(await everything()).toEqual(NOTHING);
  });

  it('frees the name and the idempotency keys for a new session', async () => {
    await fill();
    while (!(await stores.erasure.eraseSession(key, 3)).isDone);
    const again = anAppend(session, [anItem(1)], { replays: replays(harness.now() + MINUTE_MS) });
    expect(await stores.store.commit(again)).toEqual({ status: 'committed' });
    expect((await everything()).log.items).toEqual([anItem(1)]);
  });

  it('scrubs what it erased, and leaves the rest readable', async () => {
    await fill();
    await fill(aSession('s2'));
    const other = sessionKeyOf(aSession('s2'));
    const before = await everything(other);
    while (!(await stores.erasure.eraseSession(key, 3)).isDone);
    await stores.erasure.scrub();
    await stores.erasure.scrub();
    expect(await everything(other)).toEqual(before);
    const peer = await harness.peer();
    expect(await peer.store.loadHead(other)).toEqual(before.head);
  });
}

function describeTraces(harness: DurableHarness): void {
  it('of a user go, those of others stay', async () => {
    const { erasure, deadLetters } = await harness.create();
    const letter = (userId: string) => ({
      topic: 'memory-append',
      data: { userId },
      attributes: {},
      reason: 'invalid-argument: no items',
      attempts: 1,
      atMs: 1_767_225_600_000,
      expiresAtMs: 9e12,
      userId,
    });
    await deadLetters.add(letter('u1'));
    await deadLetters.add(letter('u10'));
    await erasure.eraseTraces('u1');
    expect(await deadLetters.list(10)).toEqual([letter('u10')]);
    await erasure.eraseTraces('nobody');
  });
}
