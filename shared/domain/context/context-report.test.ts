import { describe, expect, it } from 'vitest';
import { assistantItem, countThirds, systemItem, userItem } from '../../testing/transcripts.ts';
import { CONTENT_TYPES, type StoredItem } from '../item.ts';
import { countOmitted, explain } from './context-report.ts';
import { selectContext } from './select-context.ts';
import type { ContextInput } from './selection.ts';

const sized = (item: StoredItem): StoredItem => ({ ...item, tokens: 10 });
const users = (fromSeq: number, toSeq: number) =>
  Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => sized(userItem(fromSeq + index)));

const limits = { maxContextItems: 3, factsMaxTokens: 0 };
const select = (recent: readonly StoredItem[], rest: Partial<ContextInput<StoredItem>>) =>
  selectContext<StoredItem>({
    ...{ anchors: [], recent, fromSeq: 1, isWhole: true, itemCount: recent.length, facts: [] },
    ...{ format: 'raw', budget: 1_000, limits, count: countThirds },
    itemTokens: recent.reduce((sum, { tokens }) => sum + tokens, 0),
    coveredCount: rest.summary?.toSeq ?? 0,
    ...rest,
  });

const summary = {
  ...{ id: 's', text: 'They met.', fromSeq: 1, toSeq: 5, tokens: 3, model: 'test' },
  ...{ isFallback: false, createdAtMs: 0 },
};

describe('countOmitted', () => {
  it('counts as summarised what the summary shown covers, and as uncovered the rest', () => {
    const selection = select(users(1, 20), { summary, maxItems: 4 });
    expect(countOmitted(selection, { itemCount: 20, coveredCount: 5 })).toEqual({
      ...{ count: 16, summarised: 5, uncovered: 11 },
    });
  });

  it('does not count items as summarised that are there verbatim, or that no summary tells of', () => {
    const pinned = sized(userItem(1, { pinned: true }));
    const items = [pinned, { ...systemItem(2), tokens: 5_000 }, ...users(3, 20)];
    const selection = select(items, { summary, maxItems: 4 });
    expect(countOmitted(selection, { itemCount: 20, coveredCount: 5 })).toEqual({
      ...{ count: 16, summarised: 3, uncovered: 13 },
    });
  });
});

describe('explain', () => {
  const reasonsOf = (items: readonly StoredItem[], rest: Partial<ContextInput<StoredItem>>) =>
    explain(select(items, rest), items, { limits, ...rest }).map(({ reason }) => reason);

  it('calls the newest items recent, and older ones uncovered that are there with them', () => {
    const items = [...users(1, 3), sized(systemItem(4)), ...users(5, 6)];
    expect(reasonsOf(items, {})).toEqual([
      ...['uncovered', 'uncovered', 'recent', 'system', 'recent', 'recent'],
    ]);
  });

  it('calls every item recent that a cap on items asked for', () => {
    const all = reasonsOf(users(1, 5), { maxItems: 4 });
    expect(all).toEqual(['over-max-items', 'recent', 'recent', 'recent', 'recent']);
  });

  it('tells a system item that is too long from one that is one too many', () => {
    const long = { ...systemItem(1), tokens: 5_000 };
    expect(reasonsOf([long, ...users(2, 3)], {})).toEqual(['over-budget', 'recent', 'recent']);
    const items = [sized(systemItem(1)), ...users(2, 3)];
    expect(reasonsOf(items, { maxItems: 1 })[0]).toBe('over-max-items');
    // Older system items than a head lists are in no selection at all.
    const unlisted = explain(select(users(2, 3), {}), items, { limits });
    expect(unlisted[0]).toMatchObject({ kept: false, reason: 'over-max-items' });
  });

  it('says what each item costs and where it is', () => {
    const result = assistantItem(1, { contentType: CONTENT_TYPES.toolResult, tier: 'cold' });
    expect(explain(select([result], {}), [result], { limits })).toEqual([
      { seq: 1, kept: false, reason: 'orphaned-result', tokens: 2, tier: 'cold' },
    ]);
  });
});
