import { describe, expect, it } from 'vitest';
import { InProcessAccessLog } from '../adapters/in-process/access-log.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import type { SessionHead } from '../domain/head.ts';
import type { StoredItem } from '../domain/item.ts';
import { StrataOptions } from '../options.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import {
  headOfScene,
  SCENE_SESSION,
  type Scene,
  storeOfScene,
  summaryTo,
} from '../testing/session-scene.ts';
import {
  assistantItem,
  callItem,
  countThirds,
  resultItem,
  seqsOf,
  systemItem,
  userItem,
} from '../testing/transcripts.ts';
import { assembleContext, type ContextDeps } from './assemble-context.ts';
import type { ContextQuery } from './memory.ts';

const session = SCENE_SESSION;
const clock = new ManualClock();
const options = StrataOptions.parse({});
const counter = { name: 'thirds', count: countThirds };
const headOf = headOfScene;

interface Stage {
  readonly deps: ContextDeps;
  /** Reads of the durable store after the head, by method. */
  readonly reads: string[];
  readonly requests: SessionHead[];
}

async function stage(scene: Scene): Promise<Stage> {
  const store = await storeOfScene(scene, clock);
  const reads: string[] = [];
  const requests: SessionHead[] = [];
  const accessLog = new InProcessAccessLog({ meter: new InProcessMeter() });
  const requestSummary = async (head: SessionHead) => {
    requests.push(head);
  };
  const cached = { loadHead: store.loadHead.bind(store), isDue: () => false };
  const deps = {
    ...{ store: watched(store, reads), cached, accessLog, counter, clock, options },
    requestSummary,
  };
  return { deps, reads, requests };
}

const watched = (store: SessionStore, reads: string[]): SessionStore =>
  new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        if (name !== 'loadHead') reads.push(String(name));
        return method.apply(target, given);
      };
    },
  });

/** The methods of a store, free of it. */
const bound = (store: SessionStore): SessionStore => ({
  loadHead: (key) => store.loadHead(key),
  commit: (change) => store.commit(change),
  readLog: (key, query) => store.readLog(key, query),
  readSeqs: (key, seqs) => store.readSeqs(key, seqs),
  readDue: (key, query) => store.readDue(key, query),
  readSummaries: (key, query) => store.readSummaries(key, query),
});

const ask = (deps: ContextDeps, query: Partial<ContextQuery> = {}) =>
  assembleContext(deps, { ...session, format: 'raw', explain: false, ...query });

const users = (fromSeq: number, toSeq: number) =>
  Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => userItem(fromSeq + index));

describe('a context', () => {
  it('of a session that does not exist is empty', async () => {
    const { deps, requests } = await stage({ items: users(1, 1) });
    expect(await ask(deps, { sessionId: 'another' })).toEqual({
      summary: null,
      facts: [],
      items: [],
      tokens: { total: 0, budget: 4_000, counter: 'thirds' },
      omitted: { count: 0, summarised: 0, uncovered: 0 },
    });
    const rendered = await ask(deps, { sessionId: 'another', format: 'openai', explain: true });
    expect(rendered).toMatchObject({ messages: [], explain: [] });
    expect(requests).toEqual([]);
  });

  it('comes from the head alone, with what it hands out counted as accesses', async () => {
    const items = [systemItem(1), ...users(2, 300)];
    const { deps, reads } = await stage({ items, summary: summaryTo(280) });
    const context = await ask(deps, { tokenBudget: 1_000 });
    expect(seqsOf(context.items)).toEqual([1, ...seqsOf(users(281, 300))]);
    expect(context.summary).toEqual({
      ...{ id: 's1', text: 'They met. They talked.', fromSeq: 1, toSeq: 280, tokens: 8 },
    });
    expect(context.omitted).toEqual({ count: 279, summarised: 279, uncovered: 0 });
    expect(reads).toEqual([]);
    expect(context.items.at(-1)).toMatchObject({ userId: 'u1', sessionId: 's1', accessCount: 1 });
    expect(context.items.at(-1)).not.toHaveProperty('accesses');
    expect((await ask(deps, { tokenBudget: 1_000 })).items[0]?.accessCount).toBe(2);
  });

  it('reads the rest of a session when the counters say that all of it fits', async () => {
    const { deps, reads } = await stage({ items: users(1, 120), coldToSeq: 60 });
    const context = await ask(deps);
    expect(seqsOf(context.items)).toEqual(seqsOf(users(1, 120)));
    expect(reads).toEqual(['readLog']);
  });

  it('is all verbatim where all that was asked for fits, also what a summary covers', async () => {
    const items = users(3, 120);
    const { deps, reads } = await stage({ items, summary: summaryTo(100) });
    const context = await ask(deps, { maxItems: 118 });
    expect(seqsOf(context.items)).toEqual(seqsOf(items));
    expect(context.summary).toBeNull();
    expect(reads).toEqual(['readLog']);
    expect((await ask(deps, { maxItems: 117 })).summary).toMatchObject({ toSeq: 100 });
  });

  it('lets the summary stand for old items by default, also where all would fit', async () => {
    const { deps, reads } = await stage({ items: users(1, 60), summary: summaryTo(40) });
    const context = await ask(deps);
    expect(seqsOf(context.items)).toEqual(seqsOf(users(41, 60)));
    expect(context.summary).toMatchObject({ toSeq: 40 });
    expect(reads).toEqual([]);
  });

  it('does without items that were deleted since the head was read', async () => {
    const { deps } = await stage({ items: users(1, 120) });
    const head = headOf({ items: [...users(1, 60), ...users(1, 120)], windowItems: 10 });
    const { store } = deps;
    const behind = {
      ...deps,
      store: { ...bound(store), loadHead: async () => head },
      cached: { loadHead: async () => head, isDue: () => false },
    };
    expect(seqsOf((await ask(behind)).items)).toEqual(seqsOf(users(1, 120)));
  });

  it('takes nothing in that was appended since the head was read', async () => {
    const items = [callItem(1, ['a'], { pinned: true }), ...users(2, 90), resultItem(91, 'a')];
    const { deps } = await stage({ items });
    const head = { ...headOf({ items: items.slice(0, -1) }), summary: summaryTo(85) };
    const behind = {
      ...deps,
      store: { ...bound(deps.store), loadHead: async () => head },
      cached: { loadHead: async () => head, isDue: () => false },
    };
    const context = await ask(behind, { tokenBudget: 300 });
    expect(seqsOf(context.items)).toEqual([1, ...seqsOf(users(86, 90))]);
  });

  it('reads no further back than the budget reaches, however long the session is', async () => {
    const { deps, reads } = await stage({ items: users(1, 2_000) });
    const context = await ask(deps, { tokenBudget: 300 });
    expect(context.tokens.total).toBeLessThanOrEqual(300);
    expect(context.items.length).toBeGreaterThan(20);
    expect(reads).toEqual([]);
    const wide = await ask(deps, { tokenBudget: 2_000 });
    expect(wide.items.length).toBeGreaterThan(200);
    expect(reads.length).toBeLessThanOrEqual(3);
  });

  it('does not read an item that is too long for the whole budget', async () => {
    const items = [...users(1, 90), userItem(91, { tokens: 60_000 }), ...users(92, 95)];
    const { deps, reads } = await stage({ items, isReference: ({ seq }) => seq === 91 });
    expect(seqsOf((await ask(deps)).items)).toEqual([92, 93, 94, 95]);
    expect(reads).toEqual([]);
  });

  it('asks for a summary where such an item ends the recent part', async () => {
    const items = [...users(1, 90), userItem(91, { tokens: 60_000 }), ...users(92, 95)];
    const isReference = ({ seq }: StoredItem) => seq === 91;
    const { deps, requests } = await stage({ items, isReference, summary: summaryTo(80) });
    const context = await ask(deps);
    expect(seqsOf(context.items)).toEqual([92, 93, 94, 95]);
    expect(context.omitted).toEqual({ count: 91, summarised: 80, uncovered: 11 });
    expect(requests).toHaveLength(1);
  });

  it('goes on behind a system item that is too long', async () => {
    const items = [...users(1, 90), systemItem(91, { tokens: 60_000 }), ...users(92, 95)];
    const isReference = ({ seq }: StoredItem) => seq === 91;
    const { deps } = await stage({ items, isReference, summary: summaryTo(88) });
    expect(seqsOf((await ask(deps)).items)).toEqual([89, 90, 92, 93, 94, 95]);
  });

  it('reads what the head holds by reference, all of it at once', async () => {
    const items = [userItem(1, { pinned: true }), ...users(2, 900)];
    const { deps, reads } = await stage({
      items,
      summary: summaryTo(890),
      isReference: ({ seq }) => seq > 895,
    });
    const context = await ask(deps);
    expect(seqsOf(context.items)).toEqual([1, ...seqsOf(users(891, 900))]);
    expect(reads).toEqual(['readSeqs']);
  });

  it('keeps the whole group of a pinned call and of a pinned result', async () => {
    const items = [
      ...users(1, 9),
      callItem(10, ['a', 'b'], { pinned: true }),
      userItem(11),
      resultItem(12, 'b'),
      resultItem(13, 'a'),
      ...users(14, 99),
      callItem(100, ['a', 'b'], { pinned: true }),
      ...users(101, 150),
      resultItem(151, 'b', { pinned: true }),
      resultItem(152, 'a'),
      ...users(153, 900),
    ];
    const { deps } = await stage({ items, summary: summaryTo(890), coldToSeq: 120 });
    const context = await ask(deps, { tokenBudget: 600, format: 'openai' });
    expect(seqsOf(context.items)).toEqual([10, 12, 13, 100, 151, 152, ...seqsOf(users(891, 900))]);
    expect(context.messages?.slice(0, 4)).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool', content: 'item 12' },
      { role: 'tool', content: 'item 13' },
      { role: 'assistant' },
    ]);
  });

  it('finds the call of a pinned result that stands alone far behind it', async () => {
    const items = [
      callItem(1, ['a']),
      ...users(2, 120),
      resultItem(121, 'a', { pinned: true }),
      ...users(122, 900),
    ];
    const { deps } = await stage({ items, summary: summaryTo(890) });
    const context = await ask(deps, { tokenBudget: 300 });
    expect(seqsOf(context.items)).toEqual([1, 121, ...seqsOf(users(891, 900))]);
  });

  it('finds the call of a result that came after the summary of its call', async () => {
    const items = [...users(1, 99), callItem(100, ['a']), ...users(101, 240), resultItem(241, 'a')];
    const { deps } = await stage({ items, summary: summaryTo(230) });
    const context = await ask(deps, { tokenBudget: 400 });
    expect(seqsOf(context.items)).toEqual([100, ...seqsOf(users(231, 240)), 241]);
  });

  it('asks for a summary when items found neither a place nor a summary, and only then', async () => {
    const items = users(1, 60);
    const bare = await stage({ items });
    const context = await ask(bare.deps, { tokenBudget: 300 });
    expect(context.omitted.uncovered).toBe(60 - context.items.length);
    expect(bare.requests).toHaveLength(1);
    const covered = await stage({ items, summary: summaryTo(50) });
    expect((await ask(covered.deps, { tokenBudget: 300 })).omitted.uncovered).toBe(0);
    expect(covered.requests).toEqual([]);
  });

  it('asks for none where a summary would not help: for orphans and system items', async () => {
    const orphan = await stage({ items: [...users(1, 4), resultItem(5, 'x'), ...users(6, 9)] });
    expect((await ask(orphan.deps)).omitted).toEqual({ count: 1, summarised: 0, uncovered: 1 });
    expect(orphan.requests).toEqual([]);
    const system = systemItem(1, { tokens: 60_000 });
    const long = userItem(80, { tokens: 60_000 });
    const { deps, requests } = await stage({
      items: [system, ...users(2, 79), long, ...users(82, 95)],
      isReference: ({ seq }) => seq === 80,
      summary: summaryTo(80),
    });
    expect((await ask(deps)).omitted).toEqual({ count: 80, summarised: 79, uncovered: 1 });
    expect(requests).toEqual([]);
  });

  it('counts what the summary stands for also where items were deleted', async () => {
    const items = users(1, 300).filter(({ seq }) => seq % 10 !== 0);
    const { deps } = await stage({ items, summary: summaryTo(100), windowItems: 20 });
    const context = await ask(deps, { tokenBudget: 400 });
    expect(context.omitted.summarised).toBe(90);
    expect(context.omitted.uncovered).toBe(180 - context.items.length);
  });

  it('counts it without a read where nothing was deleted', async () => {
    const { deps, reads } = await stage({
      ...{ items: users(1, 300), summary: summaryTo(100), windowItems: 20 },
    });
    const context = await ask(deps, { tokenBudget: 150 });
    expect(context.omitted.summarised).toBe(100);
    expect(reads).toEqual([]);
  });

  it('says of every live item whether it is there and why', async () => {
    const items = [
      systemItem(1),
      ...users(2, 9),
      resultItem(10, 'nowhere'),
      ...users(11, 20),
      userItem(21, { pinned: true }),
      resultItem(22, 'nowhere'),
      assistantItem(23, { tokens: 900 }),
      ...users(24, 30),
    ];
    const { deps } = await stage({ items, summary: summaryTo(15), coldToSeq: 12, windowItems: 10 });
    const { explain = [] } = await ask(deps, { tokenBudget: 500, explain: true });
    const reasons = (...seqs: number[]) => seqs.map((seq) => explain[seq - 1]?.reason);
    expect(explain.map(({ seq }) => seq)).toEqual(seqsOf(items));
    expect(reasons(1, 2, 10, 15)).toEqual(['system', 'summarised', 'summarised', 'summarised']);
    expect(reasons(16, 21, 22)).toEqual(['over-budget', 'pinned', 'orphaned-result']);
    expect(reasons(23, 24, 30)).toEqual(['over-budget', 'recent', 'recent']);
    expect(explain[0]).toEqual({ seq: 1, kept: true, reason: 'system', tokens: 2, tier: 'cold' });
  });

  it('labels what is there only because no summary covers it', async () => {
    const { deps } = await stage({ items: users(1, 40) });
    const { explain = [] } = await ask(deps, { tokenBudget: 250, explain: true });
    const kept = explain.filter((one) => one.kept);
    expect(kept.slice(-15).every(({ reason }) => reason === 'recent')).toBe(true);
    expect(kept.length).toBeGreaterThan(15);
    expect(kept.slice(0, -15).every(({ reason }) => reason === 'uncovered')).toBe(true);
  });

  it('puts the memory between what stands in front and the recent messages', async () => {
    const items = [systemItem(1), userItem(2, { pinned: true }), ...users(3, 60)];
    const { deps } = await stage({ items, summary: summaryTo(57) });
    const { messages = [] } = await ask(deps, { tokenBudget: 200, format: 'openai' });
    expect(messages.map(({ role, name }) => [role, name])).toEqual([
      ['system', undefined],
      ['user', undefined],
      ['user', 'memory_summary'],
      ['user', undefined],
      ['user', undefined],
      ['user', undefined],
    ]);
    const beside = await ask(deps, { tokenBudget: 200, format: 'anthropic' });
    expect(beside.system).toBe('item 1');
  });

  it('names a budget that does when pins do not fit', async () => {
    const items = [userItem(1, { pinned: true, tokens: 500 }), ...users(2, 100)];
    const { deps } = await stage({ items });
    const tooSmall = { code: 'budget-too-small', details: { requiredBudget: 504, budget: 300 } };
    await expect(ask(deps, { tokenBudget: 300 })).rejects.toMatchObject(tooSmall);
    expect(seqsOf((await ask(deps, { tokenBudget: 504 })).items)).toEqual([1]);
  });
});
