import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionHead } from '../domain/head.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import {
  aHead,
  anAppend,
  anItem,
  aSegment,
  aSession,
  aSummary,
  nextHead,
  someItems,
} from '../testing/builders.ts';
import type { DurableHarness, DurableStores } from '../testing/durable-harness.ts';
import { describeCommits } from './session-store.commit.contract.ts';
import { describeLogReads } from './session-store.log.contract.ts';

/** What every `SessionStore` must do. Each adapter's test file calls this once. */
export function describeSessionStore(name: string, harness: DurableHarness): void {
  describe(`${name} keeps the SessionStore contract`, () => {
    describe('an unknown session', () => itIsEmpty(harness));
    describe('what was committed', () => itComesBackAsItWas(harness));
    describe('a commit', () => describeCommits(harness));
    describe('the log', () => describeLogReads(harness));
    const { reopen } = harness;
    if (reopen) describe('a restart', () => itKeepsEverything(harness, reopen));
  });
}

const session = aSession();
const key = sessionKeyOf(session);

function itIsEmpty(harness: DurableHarness): void {
  it('has no head, no items, no segments and no summaries', async () => {
    const { store } = await harness.create();
    expect(await store.loadHead(key)).toBeUndefined();
    const query = { fromSeq: 1, order: 'asc', limit: 10 } as const;
    expect(await store.readLog(key, query)).toEqual({ items: [], segments: [] });
    expect(await store.readSeqs(key, [1, 2])).toEqual({ items: [], segments: [] });
    expect(await store.readDue(key, { nowMs: 9e15, fromSeq: 1, limit: 10 })).toEqual({ items: [] });
    expect(await store.readSummaries(key, { coveringSeq: 1 })).toEqual([]);
    expect(await store.readSummaries(key, { endingBefore: 9 })).toEqual([]);
    expect(await store.readSummaries(key, { id: `${key}-s1` })).toEqual([]);
  });
}

function itComesBackAsItWas(harness: DurableHarness): void {
  let stores: DurableStores;
  beforeEach(async () => {
    stores = await harness.create();
  });

  // A lone surrogate, NUL, line separators, an emoji, right-to-left text, and a key that some
  // decoders take for a prototype.
  const WILD = 'a\ud800b\u0000c\u2028\r\n"\\\u{1f600} \u05e9\u05dc\u05d5\u05dd 漢字 e\u0301';
  const wildJson = JSON.parse(
    `{"__proto__":{"x":1},"deep":[[[{"n":-1.5e-7}]]],"":null,${JSON.stringify(WILD)}:[true]}`,
  );

  it('gives back any text and any JSON, from the item, the head and the summary', async () => {
    const item = anItem(1, {
      content: WILD,
      contentType: 'tool_call',
      pinned: true,
      metadata: wildJson,
      toolCalls: [{ id: WILD, name: 'f', arguments: wildJson }],
      toolCallId: WILD,
      source: { format: 'gemini', message: wildJson, part: { index: 0, of: 2 } },
      accesses: { count: 0.123456789, atMs: 1_767_225_600_123 },
    });
    const summary = aSummary(session, 1, {
      text: WILD,
      facts: [{ seq: 1, kind: 'quote', text: WILD }],
    });
    const { facts, ...shown } = summary;
    const change = anAppend(session, [item], { putSummary: summary });
    const head: SessionHead = { ...change.head, summary: shown, facts, summaryCount: 1 };
    await stores.store.commit({ ...change, head });
    const seen = (await harness.peer()).store;
    expect(await seen.loadHead(key)).toEqual(head);
    expect((await seen.readSeqs(key, [1])).items).toEqual([item]);
    expect(await seen.readSummaries(key, { id: summary.id })).toEqual([summary]);
    const [read] = (await seen.readSeqs(key, [1])).items;
    expect(JSON.stringify(read)).toBe(JSON.stringify(item));
  });

  it('gives back due dates, references and large versions, and forgets what was cleared', async () => {
    const first = aHead(session, {
      version: 1_767_225_600_000 * 1_024,
      window: [{ seq: 4, tokens: 9_000, bytes: 48 }],
      anchors: [{ seq: 2, tokens: 7, bytes: 48, isPinned: true }],
      dueAtMs: 1_767_225_600_000,
      summaryDueAtMs: 1_767_225_660_000,
    });
    await stores.store.commit({ sessionKey: key, expectedVersion: undefined, head: first });
    expect(await stores.store.loadHead(key)).toEqual(first);
    const { dueAtMs: _, summaryDueAtMs: __, ...rest } = first;
    const second = nextHead(rest);
    await stores.store.commit({ sessionKey: key, expectedVersion: first.version, head: second });
    const read = await stores.store.loadHead(key);
    expect(read).toEqual(second);
    expect(read).not.toHaveProperty('dueAtMs');
  });

  it('keeps sessions apart whose ids differ only in separators and strange characters', async () => {
    const pairs = [
      ['a', 'b/c'],
      ['a/b', 'c'],
      ['a%2Fb', 'c'],
      ['a:b', 'c'],
      ['a', 'b'],
      ['A', 'b'],
      ['a ', 'b'],
      ['a\ud800', 'b'],
      ['a\ufffd', 'b'],
      ['a\\ud800', 'b'],
      ['e\u0301', 'b'],
      ['\u00e9', 'b'],
    ];
    const sessions = pairs.map(([userId = '', sessionId = '']) => ({ userId, sessionId }));
    for (const [index, one] of sessions.entries()) {
      await stores.store.commit(anAppend(one, [anItem(1, { content: `of ${index}` })]));
    }
    for (const [index, one] of sessions.entries()) {
      expect(await stores.store.loadHead(sessionKeyOf(one))).toMatchObject(one);
      const { items } = await stores.store.readSeqs(sessionKeyOf(one), [1]);
      expect(items.map(({ content }) => content)).toEqual([`of ${index}`]);
    }
  });

  it('takes the largest items, windows and segments, and 500 items at once', async () => {
    const large = anItem(1, { content: 'x'.repeat(256 * 1_024) });
    const window = someItems(2, 5, { content: 'y'.repeat(16_000) });
    const many = someItems(6, 504, { content: '漢'.repeat(100) });
    const change = anAppend(session, [large, ...window, ...many]);
    await stores.store.commit({
      ...change,
      head: { ...change.head, window: change.head.window.slice(0, 5) },
    });
    const cold = aSegment(someItems(1_001, 1_004, { content: 'z'.repeat(224_000) }));
    const packed = nextHead(change.head, { window: [] });
    await stores.store.commit({
      sessionKey: key,
      expectedVersion: change.head.version,
      head: packed,
      putSegments: [cold],
    });
    expect((await stores.store.readSeqs(key, [1])).items).toEqual([large]);
    const query = { fromSeq: 1, order: 'asc', limit: 504 } as const;
    expect((await stores.store.readLog(key, query)).items).toHaveLength(504);
    const [segment] = (await stores.store.readSeqs(key, [1_002])).segments;
    expect(Buffer.from(segment?.bytes ?? []).equals(Buffer.from(cold.bytes))).toBe(true);
    expect(segment?.storedBytes).toBeGreaterThan(880_000);
  });
}

function itKeepsEverything(
  harness: DurableHarness,
  reopen: NonNullable<DurableHarness['reopen']>,
): void {
  it('keeps heads, items, segments and summaries', async () => {
    const { store } = await harness.create();
    const summary = aSummary(session, 1);
    const change = anAppend(session, someItems(1, 3), {
      putSegments: [aSegment(someItems(11, 12, { tier: 'cold' }))],
      putSummary: summary,
    });
    await store.commit(change);
    const again = (await reopen()).store;
    expect(await again.loadHead(key)).toEqual(change.head);
    expect((await again.readSeqs(key, [1, 2, 3])).items).toEqual(someItems(1, 3));
    expect((await again.readSeqs(key, [12])).segments).toHaveLength(1);
    expect(await again.readSummaries(key, { coveringSeq: 1 })).toEqual([summary]);
  });
}
