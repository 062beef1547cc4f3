import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InProcessAccessLog } from '../adapters/in-process/access-log.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { withAnchors } from '../domain/anchors.ts';
import { countOmitted, keptItems } from '../domain/context/context-report.ts';
import { selectContext } from '../domain/context/select-context.ts';
import type { ContextInput, Selection } from '../domain/context/selection.ts';
import { renderMessages } from '../domain/formats/render.ts';
import type { Fact } from '../domain/head.ts';
import type { StoredItem } from '../domain/item.ts';
import { AppError } from '../kernel/app-error.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { StrataOptions } from '../options.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { SCENE_SESSION, type Scene, storeOfScene, summaryTo } from '../testing/session-scene.ts';
import { countThirds, seqsOf, transcripts } from '../testing/transcripts.ts';
import { assembleContext } from './assemble-context.ts';
import type { ContextQuery, ContextResult } from './memory.ts';

const clock = new ManualClock();
const options = StrataOptions.parse({});

/** More system items than a head names. */
const withMuchSystem = (items: readonly StoredItem[]): readonly StoredItem[] =>
  items.map((item) =>
    item.contentType.startsWith('tool_') || item.seq % 7 === 0
      ? item
      : { ...item, contentType: 'system_message' },
  );

const items = fc.oneof(
  { weight: 6, arbitrary: transcripts(80) },
  { weight: 2, arbitrary: transcripts(80, 5) },
  { weight: 1, arbitrary: transcripts(80).map(withMuchSystem) },
);

const factsOf = (some: readonly StoredItem[], toSeq: number): readonly Fact[] =>
  some
    .filter(({ seq }) => seq <= toSeq && seq % 2 === 0)
    .map(({ seq, content }) => ({ seq, kind: 'quote', text: content.slice(0, 30) }));

const scenes: fc.Arbitrary<Scene> = fc
  .record({
    items: items.filter((some) => some.length > 0),
    deletedAfter: fc.oneof(fc.constant(0), fc.nat(3)),
    windowItems: fc.nat(60),
    coldToSeq: fc.nat(60),
    referenceEvery: fc.integer({ min: 1, max: 9 }),
    coveredTo: fc.oneof(fc.constant(0), fc.nat(90), fc.nat(400)),
  })
  .map(({ coveredTo, referenceEvery, deletedAfter, ...given }) => {
    const lastSeq = (given.items.at(-1)?.seq ?? 0) + deletedAfter;
    const toSeq = Math.min(coveredTo, lastSeq);
    return {
      ...given,
      lastSeq,
      isReference: ({ seq }) => seq % referenceEvery === 0,
      facts: factsOf(given.items, toSeq),
      ...(toSeq > 0 ? { summary: summaryTo(toSeq) } : {}),
    };
  });

const queries = fc.record({
  tokenBudget: fc.oneof(fc.nat(200), fc.nat(2_000), fc.nat(20_000)),
  maxItems: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
  format: fc.constantFrom(
    'raw' as const,
    'openai' as const,
    'anthropic' as const,
    'gemini' as const,
  ),
});
interface Query {
  readonly tokenBudget: number;
  readonly maxItems: number | undefined;
  readonly format: ContextQuery['format'];
}

/** What `assembleContext` answers, or the `AppError` that it throws. */
async function asked(scene: Scene, query: Partial<ContextQuery>): Promise<ContextResult> {
  const deps = {
    store: await storeOfScene(scene, clock),
    accessLog: new InProcessAccessLog({ meter: new InProcessMeter() }),
    counter: { name: 'thirds', count: countThirds },
    requestSummary: async () => {},
    ...{ clock, options },
  };
  return assembleContext(deps, { ...SCENE_SESSION, format: 'raw', explain: false, ...query });
}

/** The input as it is where all of the session was read. */
function wholeInput(scene: Scene, query: Query): ContextInput<StoredItem> {
  const { summary, facts = [] } = scene;
  const { tokenBudget: budget, maxItems, format } = query;
  return {
    ...{ anchors: [], recent: scene.items, fromSeq: 1, isWhole: true },
    ...{ facts, budget, format, limits: options, count: countThirds },
    systemSeqs: new Set(seqsOf(withAnchors([], scene.items))),
    itemCount: scene.items.length,
    itemTokens: scene.items.reduce((sum, { tokens }) => sum + tokens, 0),
    coveredCount: scene.items.filter(({ seq }) => seq <= (summary?.toSeq ?? 0)).length,
    ...dropAbsent({ maxItems, summary }),
  };
}

/** As `ContextResult` tells it. */
function answerOf(selection: Selection<StoredItem>, input: ContextInput<StoredItem>) {
  const { before, recent, memory, summary, facts, tokens } = selection;
  return {
    seqs: seqsOf(keptItems(selection)),
    summary: summary?.text,
    facts,
    tokens,
    omitted: countOmitted(selection, input),
    ...(input.format === 'raw'
      ? {}
      : renderMessages(input.format, { before, recent, ...dropAbsent({ memory }) })),
  };
}

describe('a context', () => {
  it('is the same whatever part of the session the head holds', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, queries, async (scene, query) => {
        const given = dropAbsent(query);
        const input = wholeInput(scene, query);
        let whole: Selection<StoredItem>;
        try {
          whole = selectContext(input);
        } catch (error) {
          const { details } = AppError.from(error);
          await expect(asked(scene, given)).rejects.toMatchObject({ details });
          return;
        }
        const { items: kept, summary, tokens, ...answer } = await asked(scene, given);
        expect({
          ...answer,
          seqs: seqsOf(kept),
          summary: summary?.text,
          tokens: tokens.total,
        }).toEqual(answerOf(whole, input));
      }),
      { numRuns: 200 },
    );
  });
});
