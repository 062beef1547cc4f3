import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupItems } from './group.ts';
import { CONTENT_TYPES, type StoredItem } from './item.ts';
import { foldTo, isWorthFolding, refusalOf, toFold } from './summary-change.ts';

const LIMITS = {
  summarizationThreshold: 25,
  maxContextItems: 15,
  maxContextTokens: 4_000,
  summaryMaxTokens: 1_000,
  factsMaxTokens: 600,
};
const never = () => false;

const item = (seq: number, more: Partial<StoredItem> = {}): StoredItem => ({
  seq,
  content: `Message ${seq}`,
  contentType: CONTENT_TYPES.user,
  createdAtMs: 0,
  tokens: 10,
  pinned: false,
  tier: 'hot',
  accesses: { count: 0, atMs: 0 },
  ...more,
});
const call = (seq: number, ...ids: string[]) =>
  item(seq, {
    contentType: CONTENT_TYPES.toolCall,
    toolCalls: ids.map((id) => ({ id, name: 'look', arguments: {} })),
  });
const result = (seq: number, toolCallId: string) =>
  item(seq, { contentType: CONTENT_TYPES.toolResult, toolCallId });
const messages = (count: number, tokens = 10) =>
  Array.from({ length: count }, (_, index) => item(index + 1, { tokens }));
const fold = (items: readonly StoredItem[], isOpen = never as (group: unknown) => boolean) =>
  foldTo(groupItems(items).groups, LIMITS, isOpen);

describe('what a summary folds', () => {
  it('is everything but the last fifteen items', () => {
    expect(fold(messages(30))).toBe(15);
    expect(fold(messages(16))).toBe(1);
  });

  it('is nothing when no more than fifteen items are uncovered', () => {
    expect(fold(messages(15))).toBeUndefined();
    expect(fold([])).toBeUndefined();
  });

  it('leaves fewer items alone when they would take the budget', () => {
    // 2,400 tokens are left beside summary and facts: eight items of 300.
    expect(fold(messages(20, 300))).toBe(12);
  });

  it('never ends inside a group', () => {
    const items = [...messages(4), call(5, 'a', 'b'), result(6, 'a'), result(7, 'b')];
    const rest = Array.from({ length: 14 }, (_, index) => item(index + 8));
    // Fifteen items from the end reach into the group, so the whole group stays.
    expect(fold([...items, ...rest])).toBe(4);
  });

  it('stops before a group that a late result reaches into', () => {
    const items = [item(1), call(2, 'a'), item(3), ...messages(20).map((one) => item(one.seq + 3))];
    const late = result(24, 'a');
    expect(fold([...items, late])).toBe(1);
  });

  it('stops before a call that may still be answered', () => {
    const items = [item(1), call(2, 'a'), ...messages(20).map((one) => item(one.seq + 2))];
    expect(fold(items, (group) => (group as { unanswered: [] }).unanswered.length > 0)).toBe(1);
    expect(fold(items)).toBe(7);
  });

  it('leaves out pins and system items: they stand verbatim in every context', () => {
    const items = [
      item(1, { contentType: CONTENT_TYPES.system }),
      item(2, { pinned: true }),
      item(3),
    ];
    expect(toFold(items, 3).map(({ seq }) => seq)).toEqual([3]);
  });

  it('folds whole groups only, whatever the transcript', () => {
    const step = fc.oneof(
      fc.constant('say' as const),
      fc.constant('call' as const),
      fc.constant('answer' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(20), (steps, waitFor) => {
        const open: string[] = [];
        const items = steps.map((kind, index) => {
          const seq = index + 1;
          if (kind === 'call') {
            open.push(`c${seq}`);
            return call(seq, `c${seq}`);
          }
          const id =
            kind === 'answer' ? open.splice(waitFor % (open.length || 1), 1)[0] : undefined;
          return id === undefined ? item(seq) : result(seq, id);
        });
        const toSeq = fold(items) ?? 0;
        for (const { items: members } of groupItems(items).groups) {
          const folded = members.filter(({ seq }) => seq <= toSeq).length;
          expect([0, members.length]).toContain(folded);
        }
      }),
    );
  });
});

describe('a fold is worth a model call', () => {
  it.each([
    [5, 50, LIMITS, true],
    [4, 499, LIMITS, false],
    [1, 500, LIMITS, true],
    [1, 10, { ...LIMITS, summarizationThreshold: 5, maxContextItems: 3 }, true],
    [1, 10, { ...LIMITS, summarizationThreshold: 3 }, true],
    [0, 10, { ...LIMITS, summarizationThreshold: 3 }, false],
  ])('with %d items of %d tokens in all (%j): %s', (items, tokens, limits, expected) => {
    expect(isWorthFolding(items, tokens, limits)).toBe(expected);
  });
});

describe('a summary is refused', () => {
  it.each([
    ['  \n ', 0, 100, 'empty'],
    ['long', 1_001, 5_000, 'over-limit'],
    ['as long as its input', 50, 50, 'not-shrinking'],
    ['short', 49, 50, undefined],
  ])('%j of %d tokens from %d: %s', (text, tokens, input, reason) => {
    expect(refusalOf({ text, tokens }, input, 1_000)).toBe(reason);
  });
});
