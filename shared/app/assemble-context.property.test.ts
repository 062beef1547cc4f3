import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RememberingTokenCounter } from '../adapters/layered/remembering-token-counter.ts';
import { MAX_SYSTEM_ANCHORS, withAnchors } from '../domain/anchors.ts';
import { costsOf } from '../domain/context/context-cost.ts';
import { countOmitted, keptItems } from '../domain/context/context-report.ts';
import { selectContext } from '../domain/context/select-context.ts';
import type { ContextInput, Selection } from '../domain/context/selection.ts';
import { renderMessages } from '../domain/formats/render.ts';
import { validateMessages } from '../domain/formats/validate.ts';
import { type Group, groupItems } from '../domain/group.ts';
import { FORMATS, isSystem, type StoredItem } from '../domain/item.ts';
import { AppError } from '../kernel/app-error.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { promptPrice } from '../testing/prompt-price.ts';
import { type Scene, summaryTo } from '../testing/session-scene.ts';
import { countThirds, seqsOf, userItem } from '../testing/transcripts.ts';
import { budgets, caps, contextOf, OPTIONS, scenes, THIRDS } from './context-scenes.contract.ts';
import type { ContextQuery, ContextResult } from './memory.ts';

const RUNS = { numRuns: 50 };

const formats = fc.constantFrom('raw' as const, ...FORMATS);
const providers = fc.constantFrom(...FORMATS);

interface Query {
  readonly tokenBudget: number;
  readonly maxItems?: number;
  readonly format: ContextQuery['format'];
}
const asQuery = dropAbsent<{
  tokenBudget: number;
  maxItems: number | undefined;
  format: ContextQuery['format'];
}>;
const queries: fc.Arbitrary<Query> = fc
  .record({ tokenBudget: budgets, maxItems: caps, format: formats })
  .map(asQuery);
const providerQueries = fc
  .record({ tokenBudget: budgets, maxItems: caps, format: providers })
  .map((query) => ({ ...asQuery(query), format: query.format }));

/** Of more items than stand there verbatim beside a summary. */
const longScenes = scenes.filter(({ items }) => items.length > OPTIONS.maxContextItems);

/** The context; where pins do not fit, with the budget that the refusal names. */
async function contextWithin(
  scene: Scene,
  query: Query,
): Promise<{ readonly context: ContextResult; readonly budget: number }> {
  try {
    return { context: await contextOf(scene, query), budget: query.tokenBudget };
  } catch (error) {
    const { code, details } = AppError.from(error);
    expect(code).toBe('budget-too-small');
    const budget = Number(details['requiredBudget']);
    expect(budget).toBeGreaterThan(query.tokenBudget);
    return { context: await contextOf(scene, { ...query, tokenBudget: budget }), budget };
  }
}

/** The input as it is where all of the session was read. */
function wholeInput(scene: Scene, query: Query): ContextInput<StoredItem> {
  const { items, summary, facts = [] } = scene;
  const { tokenBudget: budget, maxItems, format } = query;
  return {
    ...{ anchors: [], recent: items, fromSeq: 1, isWhole: true },
    ...{ facts, budget, format, limits: OPTIONS, count: countThirds },
    systemSeqs: new Set(seqsOf(withAnchors([], items))),
    itemCount: items.length,
    itemTokens: items.reduce((sum, { tokens }) => sum + tokens, 0),
    coveredCount: items.filter(({ seq }) => seq <= (summary?.toSeq ?? 0)).length,
    ...dropAbsent({ maxItems, summary }),
  };
}

/** As `ContextResult` tells it. */
function answerOf(selection: Selection<StoredItem>, input: ContextInput<StoredItem>) {
  const { before, recent, memory, summary, facts, tokens } = selection;
  const parts = { before, recent, ...dropAbsent({ memory }) };
  return {
    ...{ seqs: seqsOf(keptItems(selection)), summary: summary?.text, facts, tokens },
    omitted: countOmitted(selection, input),
    ...(input.format === 'raw' ? {} : renderMessages(input.format, parts)),
  };
}

/** All up to the memory message, as it is sent. */
function beginningOf({ messages = [], system }: ContextResult): string {
  const memory = messages.findIndex((message) => JSON.stringify(message).includes('<memory>'));
  expect(memory).toBeGreaterThanOrEqual(0);
  return JSON.stringify([system, messages.slice(0, memory + 1)]);
}

const lastSeqOf = ({ items }: Group): number => items.at(-1)?.seq ?? 0;
const firstSeqOf = ({ items }: Group): number => items[0]?.seq ?? 0;
const isPinned = ({ items }: Group): boolean => items.some(({ pinned }) => pinned);

describe('a context of any session at any moment', () => {
  it('is a sequence that its provider takes', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, providerQueries, async (scene, query) => {
        const { context } = await contextWithin(scene, query);
        const { messages = [], system } = context;
        expect(validateMessages(query.format, messages, system)).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  it('stays within its budget, counted from its messages as they are sent', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, providerQueries, async (scene, query) => {
        const { context, budget } = await contextWithin(scene, query);
        const { messages = [], system, tokens } = context;
        const rendered = { messages: [...messages], ...dropAbsent({ system }) };
        expect(tokens.total).toBeLessThanOrEqual(budget);
        const price = promptPrice(query.format, rendered, countThirds);
        expect(price).toBeLessThanOrEqual(tokens.total);
      }),
      { numRuns: 120 },
    );
  });

  it("holds the budget in the model's tokens too, where those are known to be more", async () => {
    const percents = fc.integer({ min: 101, max: 125 });
    await fc.assert(
      fc.asyncProperty(scenes, providerQueries, percents, async (plain, query, percent) => {
        const scene = { ...plain, correction: { model: 'm', percents: [percent] } };
        const { context, budget } = await contextWithin(scene, query);
        const { messages = [], system, tokens, ...told } = context;
        const rendered = { messages: [...messages], ...dropAbsent({ system }) };
        const price = promptPrice(query.format, rendered, countThirds);
        expect(tokens.total).toBeLessThanOrEqual(budget);
        expect((price * percent) / 100).toBeLessThanOrEqual(tokens.total);
        // All that it does is to make the budget smaller.
        const tokenBudget = Math.floor((budget * 100) / percent);
        const { tokens: counted, ...same } = await contextOf(plain, { ...query, tokenBudget });
        expect({ ...told, messages, ...dropAbsent({ system }) }).toEqual(same);
        expect(tokens.total).toBe(Math.ceil((counted.total * percent) / 100));
      }),
      RUNS,
    );
  });

  it('has the newest group whole, wherever pins and it fit', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, queries, async (scene, query) => {
        const { context, budget } = await contextWithin(scene, query);
        const groups = groupItems(scene.items).groups.toSorted(
          (a, b) => lastSeqOf(a) - lastSeqOf(b),
        );
        const newest = groups.at(-1);
        // What a summary stands for is not there verbatim: it is in the summary.
        if (!newest || lastSeqOf(newest) <= (scene.summary?.toSeq ?? 0)) return;
        const needed = groups.filter((group) => group === newest || isPinned(group));
        const least = needed.toSorted((a, b) => firstSeqOf(a) - firstSeqOf(b));
        const { total } = costsOf(countThirds, query.format);
        const kept = new Set(seqsOf(context.items));
        const isThere = newest.items.map(({ seq }) => kept.has(seq));
        const fits = total({ before: least, recent: [] }) <= budget;
        expect(new Set(isThere)).toEqual(new Set([fits]));
      }),
      { numRuns: 120 },
    );
  });

  it('has every pin, with the whole of its group', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, queries, async (scene, query) => {
        const { context } = await contextWithin(scene, query);
        const kept = new Set(seqsOf(context.items));
        const pinned = groupItems(scene.items).groups.filter(isPinned);
        const missing = pinned.flatMap(({ items }) => items).filter(({ seq }) => !kept.has(seq));
        expect(missing).toEqual([]);
      }),
      RUNS,
    );
  });

  it('accounts for every live item, verbatim, summarised or uncovered', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, queries, async (scene, query) => {
        const { context } = await contextWithin(scene, { ...query });
        const explained = await contextWithin(scene, { ...query, ...{ explain: true } });
        const { explain = [], items, omitted, summary } = explained.context;
        expect(explained.context).toEqual({ ...context, explain });
        expect(explain.map(({ seq }) => seq)).toEqual(seqsOf(scene.items));
        expect(explain.filter(({ kept }) => kept).map(({ seq }) => seq)).toEqual(seqsOf(items));
        expect(items.length + omitted.count).toBe(scene.items.length);
        expect(omitted.summarised + omitted.uncovered).toBe(omitted.count);
        const told = explain.filter(({ reason }) => reason === 'summarised');
        expect(told.filter(({ seq }) => seq > (summary?.toSeq ?? 0))).toEqual([]);
        // A head does not count the system items that are too many for it to name.
        const system = scene.items.filter(isSystem);
        if (system.length <= MAX_SYSTEM_ANCHORS) expect(told).toHaveLength(omitted.summarised);
      }),
      RUNS,
    );
  });

  it('is the same each time, also with counts that are remembered', async () => {
    const remembering = new RememberingTokenCounter(THIRDS);
    await fc.assert(
      fc.asyncProperty(scenes, queries, async (scene, query) => {
        const { context, budget } = await contextWithin(scene, query);
        const again = { ...query, tokenBudget: budget };
        expect(await contextOf(scene, again, remembering)).toEqual(
          await contextOf(scene, again, remembering),
        );
        expect(JSON.stringify(await contextOf(scene, again, remembering))).toBe(
          JSON.stringify(await contextOf(scene, again)),
        );
        expect(seqsOf(context.items)).toEqual(seqsOf((await contextOf(scene, again)).items));
      }),
      RUNS,
    );
  });

  it('is the same whatever part of the session the head holds', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, queries, async (scene, query) => {
        const input = wholeInput(scene, query);
        let whole: Selection<StoredItem>;
        try {
          whole = selectContext(input);
        } catch (error) {
          const { details } = AppError.from(error);
          await expect(contextOf(scene, query)).rejects.toMatchObject({ details });
          return;
        }
        const { items, summary, tokens, ...answer } = await contextOf(scene, query);
        const told = { seqs: seqsOf(items), summary: summary?.text, tokens: tokens.total };
        expect({ ...answer, ...told }).toEqual(answerOf(whole, input));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps its beginning byte for byte from turn to turn, while all after the summary fits', async () => {
    await fc.assert(
      fc.asyncProperty(longScenes, fc.nat(60), providers, async (drawn, coveredTo, format) => {
        const before = { ...drawn, summary: summaryTo(1 + coveredTo) };
        const lastSeq = (drawn.lastSeq ?? 0) + 1;
        const items = [...drawn.items, userItem(lastSeq, { content: 'And then?' })];
        const query = { format, tokenBudget: 200_000 };
        const now = await contextOf(before, query);
        const next = await contextOf({ ...before, items, lastSeq }, query);
        // Without one, pins and system items are all that the summary would stand for.
        fc.pre(now.summary !== null);
        expect(next.omitted.uncovered).toBe(now.omitted.uncovered);
        expect(beginningOf(next)).toBe(beginningOf(now));
      }),
      RUNS,
    );
  });
});
