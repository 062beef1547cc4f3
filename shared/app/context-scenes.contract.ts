import fc from 'fast-check';
import { InProcessAccessLog } from '../adapters/in-process/access-log.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { anthropicConversations } from '../domain/formats/anthropic-conversations.contract.ts';
import { geminiConversations } from '../domain/formats/gemini-conversations.contract.ts';
import { openaiConversations } from '../domain/formats/openai-conversations.contract.ts';
import { parseMessages } from '../domain/formats/parse.ts';
import { countableText } from '../domain/formats/tokens.ts';
import type { Fact } from '../domain/head.ts';
import type { ItemDraft, StoredItem } from '../domain/item.ts';
import { StrataOptions } from '../options.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { SCENE_SESSION, type Scene, storeOfScene, summaryTo } from '../testing/session-scene.ts';
import { countThirds, storedItem, transcripts } from '../testing/transcripts.ts';
import { assembleContext } from './assemble-context.ts';
import type { ContextQuery, ContextResult } from './memory.ts';

// Sessions at random moments of their lives, and what is asked of them.

export const OPTIONS = StrataOptions.parse({});
const clock = new ManualClock();

/** More system items than a head names. */
const withMuchSystem = (items: readonly StoredItem[]): readonly StoredItem[] =>
  items.map((item) =>
    item.contentType.startsWith('tool_') || item.seq % 7 === 0
      ? item
      : { ...item, contentType: 'system_message' },
  );

/** Messages as their providers take them, one conversation after the other. */
const conversations: fc.Arbitrary<readonly ItemDraft[]> = fc
  .array(
    fc.oneof(
      openaiConversations.map(({ messages }) => parseMessages('openai', messages)),
      anthropicConversations.map((one) => parseMessages('anthropic', one.messages, one.system)),
      geminiConversations.map((one) => parseMessages('gemini', one.messages, one.system)),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.flat());

const seldom = fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, fc.constant(true));

/** The same as they arrive: here and there something is missing, doubled or pinned. */
const arrivals: fc.Arbitrary<readonly StoredItem[]> = fc
  .tuple(
    conversations,
    fc.array(fc.record({ isLost: seldom, isDoubled: seldom, pinned: seldom }), {
      minLength: 7,
      maxLength: 31,
    }),
  )
  .map(([drafts, fates]) =>
    drafts
      .flatMap((draft, index) => {
        const { isLost, isDoubled, pinned } = fates[index % fates.length] ?? {};
        const copies = isLost ? [] : isDoubled ? [draft, draft] : [draft];
        return copies.map((copy) => ({ ...copy, pinned: pinned ?? false }));
      })
      .map((draft, index) => {
        // As a store gives it back: once through JSON.
        const stored = JSON.parse(JSON.stringify(draft)) as ItemDraft;
        const { idempotencyKey: _, ...fields } = stored;
        return storedItem(index + 1, { ...fields, tokens: countThirds(countableText(stored)) });
      }),
  );

export const sessions: fc.Arbitrary<readonly StoredItem[]> = fc
  .oneof(
    { weight: 5, arbitrary: transcripts(80) },
    { weight: 2, arbitrary: transcripts(80, 5) },
    { weight: 1, arbitrary: transcripts(80).map(withMuchSystem) },
    { weight: 4, arbitrary: arrivals },
  )
  .map((items) => items.map((item) => ({ ...item, tokens: countThirds(countableText(item)) })))
  .filter((items) => items.length > 0);

const factsOf = (items: readonly StoredItem[], toSeq: number): readonly Fact[] =>
  items
    .filter(({ seq }) => seq <= toSeq && seq % 2 === 0)
    .map(({ seq, content }) => ({ seq, kind: 'quote', text: content.slice(0, 30) }));

const summaryTexts = fc.oneof(
  fc.constant('They met. They talked.'),
  fc.integer({ min: 1, max: 150 }).map((size) => 'They met again. '.repeat(size)),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
);

/** A session at some moment, with some of it in the head, some by reference, some cold. */
export const scenes: fc.Arbitrary<Scene> = fc
  .record({
    items: sessions,
    deletedAfter: fc.oneof(fc.constant(0), fc.nat(3)),
    windowItems: fc.nat(60),
    coldToSeq: fc.nat(60),
    referenceEvery: fc.integer({ min: 1, max: 9 }),
    coveredTo: fc.oneof(fc.constant(0), fc.nat(90), fc.nat(400)),
    text: summaryTexts,
  })
  .map(({ coveredTo, referenceEvery, deletedAfter, text, ...given }) => {
    const lastSeq = (given.items.at(-1)?.seq ?? 0) + deletedAfter;
    const toSeq = Math.min(coveredTo, lastSeq);
    const summary = { ...summaryTo(toSeq), text, tokens: countThirds(text) };
    return {
      ...given,
      lastSeq,
      isReference: ({ seq }) => seq % referenceEvery === 0,
      facts: factsOf(given.items, toSeq),
      ...(toSeq > 0 ? { summary } : {}),
    };
  });

export const budgets = fc.oneof(fc.nat(200), fc.nat(2_000), fc.nat(20_000));
export const caps = fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined });

/** A token for three bytes, rounded up. */
export const THIRDS: TokenCounter = { name: 'thirds', count: countThirds };

/** What `assembleContext` answers. */
export async function contextOf(
  scene: Scene,
  query: Partial<ContextQuery>,
  counter: TokenCounter = THIRDS,
): Promise<ContextResult> {
  const store = await storeOfScene(scene, clock);
  const deps = {
    store,
    cached: { loadHead: store.loadHead.bind(store), isDue: () => false },
    accessLog: new InProcessAccessLog({ meter: new InProcessMeter() }),
    requestSummary: async () => {},
    ...{ clock, counter, options: OPTIONS },
  };
  return assembleContext(deps, { ...SCENE_SESSION, format: 'raw', explain: false, ...query });
}
