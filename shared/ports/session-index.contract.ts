import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionHead, TierCounts } from '../domain/head.ts';
import { type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import {
  aChange,
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
import type { SessionCursor, StoreTotals } from './session-index.ts';

/** What every `SessionIndex` must do. Each adapter's test file calls this once. */
export function describeSessionIndex(name: string, harness: DurableHarness): void {
  describe(`${name} keeps the SessionIndex contract`, () => {
    describe('the list of sessions', () => describeListing(harness));
    describe('due sessions', () => describeDue(harness));
    describe('the totals', () => describeTotals(harness));
    describe('all sessions', () => describeAll(harness));
  });
}

function describeListing(harness: DurableHarness): void {
  let stores: DurableStores;
  beforeEach(async () => {
    stores = await harness.create();
  });
  const begin = (sessionId: string, minute: number, userId?: string) =>
    stores.store.commit(anAppend(aSession(sessionId, userId), [anItem(minute)]));
  const pageThrough = async (limit: number) => {
    const pages: string[][] = [];
    let after: SessionCursor | undefined;
    for (;;) {
      const rows = await stores.index.listSessions('u1', after ? { after, limit } : { limit });
      if (rows.length > 0) pages.push(rows.map(({ sessionId }) => sessionId));
      after = rows.at(-1);
      if (!after || rows.length < limit) return pages;
    }
  };

  it('is empty for an unknown user', async () => {
    await begin('s1', 1);
    expect(await stores.index.listSessions('u', { limit: 10 })).toEqual([]);
    expect(await stores.index.listSessions('u10', { limit: 10 })).toEqual([]);
  });

  it('says what a session holds', async () => {
    const first = anAppend(aSession('s\ud800', 'u\ud800'), someItems(1, 5));
    await stores.store.commit(first);
    const packed = aMigration(first.head, someItems(1, 3));
    await stores.store.commit(packed);
    const rows = await stores.index.listSessions('u\ud800', { limit: 10 });
    expect(rows).toEqual([
      {
        userId: 'u\ud800',
        sessionId: 's\ud800',
        itemCount: 5,
        lastItemAtMs: START_MS + 5 * MINUTE_MS,
        tiers: packed.head.tiers,
      },
    ]);
    expect(rows[0]?.tiers).toMatchObject({ hot: { items: 2 }, cold: { items: 3 } });
  });

  it('gives the latest item first and equal instants by session id, page by page', async () => {
    await begin('old', 1);
    await begin('b', 5);
    await begin('d', 5);
    await begin('new', 9);
    await begin('a', 5);
    await begin('c', 5);
    await begin('other', 7, 'u2');
    expect(await pageThrough(2)).toEqual([
      ['new', 'a'],
      ['b', 'c'],
      ['d', 'old'],
    ]);
    expect(await pageThrough(5)).toEqual([['new', 'a', 'b', 'c', 'd'], ['old']]);
  });

  it('follows a session that gets a later item', async () => {
    await begin('a', 1);
    const first = anAppend(aSession('b'), [anItem(2)]);
    await stores.store.commit(first);
    await begin('c', 3);
    await stores.store.commit(anAppend(first.head, [anItem(4)]));
    expect(await pageThrough(10)).toEqual([['b', 'c', 'a']]);
  });
}

function describeDue(harness: DurableHarness): void {
  let stores: DurableStores;
  beforeEach(async () => {
    stores = await harness.create();
  });
  const begin = async (sessionId: string, due: Partial<SessionHead>) => {
    const head = aHead(aSession(sessionId, `user of ${sessionId}`), due);
    await stores.store.commit(aChange(undefined, head));
    return head;
  };
  const listed = async (kind: 'tier' | 'summary', nowMs: number, limit = 10) => {
    const rows = await stores.index.listDue(kind, { nowMs, limit });
    return rows.map(({ sessionId, dueAtMs }) => `${sessionId}@${dueAtMs}`);
  };

  it('lists what is due by now, longest due first, and counts it', async () => {
    await begin('a', { dueAtMs: 300 });
    await begin('b', { dueAtMs: 100 });
    await begin('c', {});
    await begin('d', { dueAtMs: 200 });
    expect(await listed('tier', 99)).toEqual([]);
    expect(await listed('tier', 200)).toEqual(['b@100', 'd@200']);
    expect(await listed('tier', 300, 2)).toEqual(['b@100', 'd@200']);
    expect(await stores.index.countDue('tier', 300)).toBe(3);
    expect(await stores.index.countDue('tier', 99)).toBe(0);
    const all = { nowMs: 100, limit: Number.MAX_SAFE_INTEGER };
    expect(await stores.index.listDue('tier', all)).toEqual([
      { userId: 'user of b', sessionId: 'b', dueAtMs: 100 },
    ]);
  });

  it('keeps due migrations and due summaries apart', async () => {
    await begin('a', { dueAtMs: 100, summaryDueAtMs: 400 });
    await begin('b', { summaryDueAtMs: 200 });
    expect(await listed('tier', 500)).toEqual(['a@100']);
    expect(await listed('summary', 500)).toEqual(['b@200', 'a@400']);
    expect(await stores.index.countDue('summary', 399)).toBe(1);
  });

  it('divides what is due into shards: each session in one, each shard longest due first', async () => {
    const { index } = stores;
    const names = Array.from({ length: 48 }, (_, n) => `s${n}`);
    for (const [n, name] of names.entries()) {
      await begin(name, { dueAtMs: 1_000 - n, summaryDueAtMs: 2_000 });
    }
    await begin('later', { dueAtMs: 1_001 });
    const numbers = Array.from({ length: index.shards }, (_, shard) => shard);
    const due = (shard: number, limit = 100) =>
      index.listDue('tier', { nowMs: 1_000, limit, shard });
    const lists = await Promise.all(numbers.map((shard) => due(shard)));
    expect(
      lists
        .flat()
        .map(({ sessionId }) => sessionId)
        .sort(),
    ).toEqual(names.toSorted());
    for (const [shard, list] of lists.entries()) {
      expect(list.length).toBeGreaterThan(0);
      expect(list.map(({ dueAtMs }) => dueAtMs)).toEqual(
        list.map(({ dueAtMs }) => dueAtMs).toSorted((a, b) => a - b),
      );
      expect(await index.countDue('tier', 1_000, shard)).toBe(list.length);
      expect(await due(shard, 2)).toEqual(list.slice(0, 2));
    }
    expect(await due(index.shards)).toEqual([]);
    expect(await index.countDue('tier', 1_000, index.shards)).toBe(0);
    expect(await index.countDue('summary', 2_000, 0)).toBe(lists[0]?.length);
  });

  it('forgets a due date with the head that has none', async () => {
    const head = await begin('a', { dueAtMs: 100, summaryDueAtMs: 100 });
    const { dueAtMs: _, summaryDueAtMs: __, ...rest } = head;
    await stores.store.commit(aChange(head, nextHead(rest)));
    expect(await listed('tier', 500)).toEqual([]);
    expect(await listed('summary', 500)).toEqual([]);
    expect(await stores.index.countDue('tier', 500)).toBe(0);
  });
}

function describeAll(harness: DurableHarness): void {
  it('are listed once each, in parts, whoever they are of', async () => {
    const { store, index } = await harness.create();
    expect(await index.listAll({ limit: 10 })).toEqual([]);
    const sessions = [0, 1, 2, 3, 4].map((n) => aSession(`s${n}`, `u\ud800${n % 2}`));
    for (const session of sessions) await store.commit(anAppend(session, [anItem(1)]));
    const listed: SessionRef[] = [];
    for (;;) {
      const last = listed.at(-1);
      const after = last ? { after: sessionKeyOf(last) } : {};
      const page = await index.listAll({ ...after, limit: 2 });
      listed.push(...page);
      if (page.length < 2) break;
    }
    expect(listed.map(sessionKeyOf)).toEqual(sessions.map(sessionKeyOf).toSorted());
    expect(listed[0]).toMatchObject({ itemCount: 1, lastItemAtMs: START_MS + MINUTE_MS });
  });

  it('were looked at as far as was written down last', async () => {
    const { index } = await harness.create();
    expect(await index.readSweep()).toBeUndefined();
    const after = sessionKeyOf(aSession());
    await index.writeSweep({ retentionDays: 30, after, isDone: false });
    expect(await index.readSweep()).toEqual({ retentionDays: 30, after, isDone: false });
    await index.writeSweep({ retentionDays: 0, isDone: true });
    expect(await index.readSweep()).toEqual({ retentionDays: 0, isDone: true });
  });
}

function describeTotals(harness: DurableHarness): void {
  const step = fc.record({
    session: fc.integer({ min: 0, max: 3 }),
    action: fc.constantFrom('append', 'append', 'pack', 'unpack', 'summarise', 'forget', 'erase'),
    items: fc.integer({ min: 1, max: 4 }),
  });

  it('are zero at first', async () => {
    const none = { items: 0, bytes: 0, rawBytes: 0 };
    const { index } = await harness.create();
    expect(await index.totals()).toEqual({
      sessions: 0,
      summaries: 0,
      tiers: { hot: none, warm: none, cold: none },
    });
  });

  it('equal a recount after any changes, refused ones included', async () => {
    const { store, index, erasure } = await harness.create();
    const base = await index.totals();
    let run = 0;
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      run++;
      const model = new Map<number, Model>();
      for (const { session, action, items } of steps) {
        const name = aSession(`${run}.${session}`);
        const before = model.get(session);
        if (action === 'erase' && before) {
          while (!(await erasure.eraseSession(before.head.sessionKey, 3)).isDone);
          model.delete(session);
          continue;
        }
        const after = before ? decide(before, action, items) : begin(name, items);
        await store.commit(after.change);
        await expect(store.commit(after.change)).rejects.toMatchObject({ code: 'aborted' });
        model.set(session, after);
      }
      expect(await index.totals()).toEqual(recount(base, [...model.values()]));
      for (const { head } of model.values()) {
        while (!(await erasure.eraseSession(head.sessionKey, 100)).isDone);
      }
      expect(await index.totals()).toEqual(base);
    });
    await fc.assert(property, { numRuns: harness.runs });
  });
}

/** A session as the test thinks it is. */
interface Model {
  readonly change: ReturnType<typeof anAppend>;
  readonly head: SessionHead;
  /** Seqs that lie in the one segment, from 1 on. */
  readonly packed: number;
  readonly summaries: number;
}

function begin(name: ReturnType<typeof aSession>, items: number): Model {
  const change = anAppend(name, someItems(1, items));
  return { change, head: change.head, packed: 0, summaries: 0 };
}

function decide(model: Model, action: string, items: number): Model {
  const { head, packed, summaries } = model;
  const as = (change: Model['change'], rest: Partial<Model> = {}) => ({
    ...model,
    ...rest,
    change,
    head: change.head,
  });
  const cold = someItems(1, packed);
  if (action === 'pack' && packed === 0) {
    return as(aMigration(head, someItems(1, head.lastSeq)), { packed: head.lastSeq });
  }
  if (action === 'unpack' && packed > 0) {
    // Unpacked items are warm from here on; the model only ever packs hot ones.
    return as(anUnpacking(head, aSegment(cold), cold), { packed: -1 });
  }
  if (action === 'summarise') {
    const putSummary = aSummary(head, summaries + 1);
    const next = nextHead(head, { summaryCount: summaries + 1 });
    return as(aChange(head, next, { putSummary }), { summaries: summaries + 1 });
  }
  if (action === 'forget' && summaries > 0) {
    const deleteSummaries = [aSummary(head, summaries).id, 'never there'];
    return as(aChange(head, nextHead(head), { deleteSummaries }), { summaries: summaries - 1 });
  }
  return as(anAppend(head, someItems(head.lastSeq + 1, head.lastSeq + items)));
}

function recount(base: StoreTotals, models: readonly Model[]): StoreTotals {
  const sum = (pick: (model: Model) => number) =>
    models.reduce((total, model) => total + pick(model), 0);
  const tier = (name: keyof TierCounts) => {
    const count = (field: 'items' | 'bytes' | 'rawBytes') =>
      base.tiers[name][field] + sum(({ head }) => head.tiers[name][field]);
    return { items: count('items'), bytes: count('bytes'), rawBytes: count('rawBytes') };
  };
  return {
    sessions: base.sessions + models.length,
    summaries: base.summaries + sum(({ summaries }) => summaries),
    tiers: { hot: tier('hot'), warm: tier('warm'), cold: tier('cold') },
  };
}
