import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { promptPrice } from '../../testing/prompt-price.ts';
import { countThirds, transcripts } from '../../testing/transcripts.ts';
import { isBlank } from '../formats/fields.ts';
import { renderMessages } from '../formats/render.ts';
import { countableText } from '../formats/tokens.ts';
import { type Group, groupItems } from '../group.ts';
import type { Fact, Summary } from '../head.ts';
import { isAnchor, type StoredItem } from '../item.ts';
import { countOmitted, explain, keptItems } from './context-report.ts';
import { mayHoldAll, selectContext } from './select-context.ts';
import type { ContextInput, Selection } from './selection.ts';

const RUNS = { numRuns: 500 };

// Texts together may count more than apart: no real counter is as bad as this one.
const superadditive = (text: string) => Math.ceil(text.length / 4 + (text.length / 90) ** 2);

const summaryText = fc.oneof(
  fc.constant('They met. They talked about the weather. They left.'),
  fc.array(fc.lorem({ mode: 'sentences', maxCount: 3 })).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }),
);

const factsOf = (items: readonly StoredItem[], toSeq: number): readonly Fact[] =>
  items
    .filter(({ seq }) => seq <= toSeq && seq % 2 === 0)
    .map(({ seq, content }) => ({ seq, kind: 'quote', text: content.slice(0, 30) }));

const inputs: fc.Arbitrary<ContextInput<StoredItem>> = fc
  .record({
    items: transcripts(),
    budget: fc.oneof(fc.nat(150), fc.nat(1_000), fc.nat(20_000)),
    maxItems: fc.option(fc.nat(80), { nil: undefined }),
    covered: fc.option(fc.nat(60), { nil: undefined }),
    text: summaryText,
    format: fc.constantFrom(
      'raw' as const,
      'openai' as const,
      'anthropic' as const,
      'gemini' as const,
    ),
    count: fc.constantFrom(countThirds, superadditive),
    limits: fc.record({ maxContextItems: fc.nat(20), factsMaxTokens: fc.nat(200) }),
  })
  .map(({ items: drawn, covered, text, maxItems, count, ...rest }) => {
    const items = drawn.map((item) => ({ ...item, tokens: count(countableText(item)) }));
    const lastSeq = items.at(-1)?.seq ?? 0;
    const toSeq = Math.min(covered ?? 0, lastSeq);
    const summary: Summary = {
      ...{ id: 's1', text, fromSeq: 1, toSeq, tokens: count(text) },
      ...{ model: 'test', isFallback: false, createdAtMs: 0 },
    };
    return {
      anchors: [],
      recent: items,
      fromSeq: 1,
      isWhole: true,
      itemCount: items.length,
      itemTokens: items.reduce((sum, { tokens }) => sum + tokens, 0),
      coveredCount: items.filter(({ seq }) => seq <= toSeq).length,
      facts: toSeq > 0 ? factsOf(items, toSeq) : [],
      count,
      ...(toSeq > 0 ? { summary } : {}),
      ...(maxItems === undefined ? {} : { maxItems }),
      ...rest,
    };
  });

const recounted = (
  input: ContextInput<StoredItem>,
  count: ContextInput['count'],
): ContextInput<StoredItem> => {
  const recent = input.recent.map((item) => ({ ...item, tokens: count(countableText(item)) }));
  return { ...input, count, recent, itemTokens: recent.reduce((sum, one) => sum + one.tokens, 0) };
};

/** The selection; pins that do not fit get the budget that the refusal names. */
function chosen(input: ContextInput<StoredItem>): [Selection<StoredItem>, number] {
  try {
    return [selectContext(input), input.budget];
  } catch (error) {
    const { code, details } = AppError.from(error);
    const budget = Number(details['requiredBudget']);
    expect(code).toBe('budget-too-small');
    expect(budget).toBeGreaterThan(input.budget);
    return [selectContext({ ...input, budget }), budget];
  }
}

const seqsOf = (items: readonly StoredItem[]) => items.map(({ seq }) => seq);
const lastSeqOf = ({ items }: Group) => items.at(-1)?.seq ?? 0;
const toSeqOf = ({ summary }: Pick<ContextInput, 'summary'>) => summary?.toSeq ?? 0;

describe('any context of any session', () => {
  it('stays within the budget', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const [{ tokens }, budget] = chosen(input);
        expect(tokens).toBeLessThanOrEqual(budget);
      }),
      RUNS,
    );
  });

  it('costs what its messages cost as they are sent, or more where some are left out', () => {
    const formats = fc.constantFrom('openai' as const, 'anthropic' as const, 'gemini' as const);
    fc.assert(
      fc.property(inputs, formats, (drawn, format) => {
        const count = countThirds;
        const input = { ...recounted(drawn, count), format };
        const [selection] = chosen(input);
        const { before, recent, memory, tokens } = selection;
        const parts = { before, recent, ...(memory === undefined ? {} : { memory }) };
        const price = promptPrice(format, renderMessages(format, parts), count);
        expect(tokens).toBeGreaterThanOrEqual(price);
        const isPlain = keptItems(selection).every((item) => !isBlank(item.content));
        if (format === 'openai' && isPlain) expect(tokens).toBe(price);
      }),
      RUNS,
    );
  });

  it('keeps groups whole and no result without its call', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const [selection] = chosen(input);
        const kept = new Set(seqsOf(keptItems(selection)));
        const { groups, orphans } = groupItems(input.recent);
        for (const { items } of groups) {
          expect(new Set(items.map(({ seq }) => kept.has(seq))).size).toBe(1);
        }
        expect(orphans.filter(({ seq }) => kept.has(seq))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('holds every pin', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const kept = new Set(seqsOf(keptItems(chosen(input)[0])));
        const pinned = groupItems(input.recent).groups.filter(({ items }) =>
          items.some((item) => item.pinned),
        );
        for (const { items } of pinned) {
          expect(items.filter(({ seq }) => !kept.has(seq))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('has no more items than the cap, but for pins and the newest group', () => {
    fc.assert(
      fc.property(inputs, fc.nat(20), (given, maxItems) => {
        const input = { ...given, maxItems };
        const kept = keptItems(chosen(input)[0]);
        const groups = groupItems(input.recent).groups.toSorted(
          (a, b) => lastSeqOf(b) - lastSeqOf(a),
        );
        const exempt = groups.filter(
          ({ items }, index) => index === 0 || items.some((item) => item.pinned),
        );
        const exemptCount = exempt.flatMap(({ items }) => items).length;
        expect(kept.length).toBeLessThanOrEqual(Math.max(maxItems, exemptCount));
      }),
      RUNS,
    );
  });

  it('has all recent groups back to some point, and none that the summary covers beside it', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const [selection] = chosen(input);
        const kept = new Set(seqsOf(keptItems(selection)));
        const isKept = ({ items: [first] }: Group) => first !== undefined && kept.has(first.seq);
        const others = groupItems(input.recent)
          .groups.filter(({ items }) => !items.some(isAnchor))
          .sort((a, b) => lastSeqOf(b) - lastSeqOf(a));
        const states = others.map(isKept);
        expect(states).toEqual(states.toSorted((a, b) => Number(b) - Number(a)));
        if (selection.summary === null) return;
        const toSeq = selection.summary.toSeq;
        expect(others.filter((group) => isKept(group) && lastSeqOf(group) <= toSeq)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('adds up: every live item is verbatim, summarised or uncovered, and says why', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const [selection] = chosen(input);
        const kept = keptItems(selection);
        const coveredCount = input.recent.filter(({ seq }) => seq <= toSeqOf(input)).length;
        const counts = { itemCount: input.itemCount, coveredCount };
        const omitted = countOmitted(selection, counts);
        expect(kept.length + omitted.summarised + omitted.uncovered).toBe(input.recent.length);
        const verdicts = explain(selection, input.recent, input);
        expect(verdicts.map(({ seq }) => seq)).toEqual(seqsOf(input.recent));
        expect(verdicts.filter((one) => one.kept).map(({ seq }) => seq)).toEqual(seqsOf(kept));
        const summarised = verdicts.filter(({ reason }) => reason === 'summarised');
        expect(summarised.length).toBe(omitted.summarised);
        if (selection.summary === null) expect(omitted.summarised).toBe(0);
      }),
      RUNS,
    );
  });

  it('is the same each time', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const again = { ...input, recent: structuredClone(input.recent) };
        expect(chosen(again)).toEqual(chosen(input));
      }),
      RUNS,
    );
  });

  it('is the same whatever was read of a session, once no more is asked for', () => {
    fc.assert(
      fc.property(inputs, fc.nat(60), (input, fromSeq) => {
        const [whole, budget] = chosen(input);
        const { groups } = groupItems(input.recent);
        const anchors = groups.filter(
          ({ items }) => items.some(isAnchor) && (items[0]?.seq ?? 0) < fromSeq,
        );
        const recent = input.recent.filter(({ seq }) => seq >= fromSeq);
        const isAll = recent.length === input.recent.length;
        // Whoever reads in parts knows from counters that not everything fits.
        fc.pre(isAll || !mayHoldAll({ ...input, budget }));
        const seen = { ...input, budget, anchors, recent, fromSeq, isWhole: isAll };
        const part = selectContext(seen);
        if (!part.wantsOlder) expect(seqsOf(keptItems(part))).toEqual(seqsOf(keptItems(whole)));
      }),
      RUNS,
    );
  });
});
