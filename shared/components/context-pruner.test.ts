import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSystem } from '../domain/item.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Summarizer, SummaryRequest } from '../ports/summarizer.ts';
import {
  assistantItem,
  callItem,
  countThirds,
  resultItem,
  seqsOf,
  systemItem,
  transcripts,
  userItem,
} from '../testing/transcripts.ts';
import { ContextPruner, type ContextPrunerOptions, type HistoryItem } from './context-pruner.ts';

const counter = { name: 'thirds', count: countThirds };

class ListingSummarizer implements Summarizer {
  readonly maxInputTokens: number = 200;
  readonly requests: SummaryRequest[] = [];

  async summarize(request: SummaryRequest) {
    this.requests.push(request);
    const text = `Up to ${request.items.at(-1)?.seq}.`;
    return { text, model: 'listing', isFallback: false };
  }
}

const answering = (text: string): Summarizer => ({
  maxInputTokens: 1_000,
  summarize: async () => ({ text, model: 'fixed', isFallback: false }),
});

const failing: Summarizer = {
  maxInputTokens: 1_000,
  summarize: async () => {
    throw new AppError('unavailable', 'The model is down');
  },
};

const pruner = (options: ContextPrunerOptions = {}) =>
  new ContextPruner({ counter, summarizer: new ListingSummarizer(), ...options });

const users = (fromSeq: number, toSeq: number) =>
  Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => userItem(fromSeq + index));

describe('ContextPruner.pruneConversationHistory', () => {
  it('keeps the last 15 items of a history of up to 25, without a summary', async () => {
    const pruned = await pruner().pruneConversationHistory({ history: users(1, 25) });
    expect(seqsOf(pruned.items)).toEqual(seqsOf(users(11, 25)));
    expect(pruned.summary).toBeNull();
    expect(pruned.omitted).toEqual({ count: 10, summarised: 0, uncovered: 10 });
    expect(pruned.memory).toContain('Earlier messages that are not shown: 10');
  });

  it('summarises what is older than the last 15 of more than 25', async () => {
    const summarizer = new ListingSummarizer();
    const history = users(1, 26);
    const pruned = await pruner({ summarizer }).pruneConversationHistory({
      ...{ history, userId: 'u', sessionId: 's' },
    });
    expect(seqsOf(pruned.items)).toEqual(seqsOf(users(12, 26)));
    expect(pruned.items[0]).toBe(history[11]);
    expect(pruned.summary).toEqual({
      ...{ text: 'Up to 11.', fromSeq: 1, toSeq: 11, tokens: 3, model: 'listing' },
    });
    expect(pruned.memory).toContain('Up to 11.');
    expect(pruned.omitted).toEqual({ count: 11, summarised: 11, uncovered: 0 });
    expect(summarizer.requests.map(({ items, maxTokens }) => [seqsOf(items), maxTokens])).toEqual([
      [seqsOf(users(1, 11)), 1_000],
    ]);
  });

  it('folds a long history in passes, each with the summary so far', async () => {
    const summarizer = new ListingSummarizer();
    await pruner({ summarizer }).pruneConversationHistory({ history: users(1, 200) });
    expect(summarizer.requests.map(({ items, previous }) => [items[0]?.seq, previous])).toEqual([
      [1, undefined],
      [70, 'Up to 69.'],
      [136, 'Up to 135.'],
    ]);
  });

  it('leaves the summary its room, so that nothing falls between it and the recent items', async () => {
    const history = users(1, 40).map((item) => ({ ...item, tokens: 300 }));
    const summarizer = answering('Long, but not too long. '.repeat(100));
    const pruned = await pruner({ summarizer }).pruneConversationHistory({ history });
    expect(pruned.summary?.toSeq).toBe(31);
    expect(seqsOf(pruned.items)).toEqual(seqsOf(users(32, 40)));
    expect(pruned.omitted.uncovered).toBe(0);
    expect(pruned.tokens).toBeLessThanOrEqual(4_000);
  });

  it('keeps pins and whole groups, and summarises neither', async () => {
    const summarizer = new ListingSummarizer();
    const history = [
      userItem(1, { pinned: true }),
      callItem(2, ['a'], { pinned: true }),
      ...users(3, 5),
      resultItem(6, 'a'),
      ...users(7, 26),
      callItem(27, ['b', 'c']),
      resultItem(28, 'b'),
      ...users(29, 40),
      resultItem(41, 'c'),
    ];
    const { items, omitted } = await pruner({ summarizer }).pruneConversationHistory({ history });
    expect(seqsOf(items)).toEqual([1, 2, 6, 27, 28, ...seqsOf(users(32, 40)), 41]);
    const folded = summarizer.requests.flatMap((request) => seqsOf(request.items));
    expect(folded).toEqual([...seqsOf(users(3, 5)), ...seqsOf(users(7, 26)), 29, 30, 31]);
    expect(omitted).toEqual({ count: 26, summarised: 26, uncovered: 0 });
  });

  it('asks for no summary while all of a history fits', async () => {
    const summarizer = new ListingSummarizer();
    const some = pruner({ summarizer, summarizationThreshold: 5 });
    const pruned = await some.pruneConversationHistory({ history: users(1, 10) });
    expect(pruned.items).toHaveLength(10);
    expect(pruned).not.toHaveProperty('failure');
    expect(summarizer.requests).toEqual([]);
  });

  it('asks for a summary of at most half of a small budget', async () => {
    const summarizer = new ListingSummarizer();
    const small = pruner({ summarizer, maxContextTokens: 500 });
    await small.pruneConversationHistory({ history: users(1, 40) });
    // Half of the budget, less 64 tokens for the words around a summary.
    expect(summarizer.requests.map(({ maxTokens }) => maxTokens)).toEqual([186]);
  });

  it('summarises beside pins that leave a summary of full length no room', async () => {
    const history = [userItem(1, { pinned: true, tokens: 3_500 }), ...users(2, 40)];
    const pruned = await pruner().pruneConversationHistory({ history });
    expect(pruned).not.toHaveProperty('failure');
    expect(pruned.summary).toMatchObject({ fromSeq: 2, toSeq: 26 });
  });

  it('neither summarises a system item that is too long nor folds up to an orphaned result', async () => {
    const summarizer = new ListingSummarizer();
    const history = [
      systemItem(1, { tokens: 9_000 }),
      ...users(2, 30),
      resultItem(31, 'nowhere'),
      ...users(32, 40),
    ];
    const pruned = await pruner({ summarizer }).pruneConversationHistory({ history });
    expect(summarizer.requests.flatMap(({ items }) => seqsOf(items))).toEqual(seqsOf(users(2, 24)));
    expect(seqsOf(pruned.items)).toEqual([...seqsOf(users(25, 30)), ...seqsOf(users(32, 40))]);
    expect(pruned.omitted).toEqual({ count: 25, summarised: 23, uncovered: 2 });
  });

  it('keeps all that fits when the summariser fails, and tells why', async () => {
    const history = users(1, 100).map((item) => ({ ...item, tokens: 96 }));
    const pruned = await pruner({ summarizer: failing }).pruneConversationHistory({ history });
    expect(pruned.failure).toMatchObject({ code: 'unavailable' });
    expect(pruned.summary).toBeNull();
    expect(pruned.items).toHaveLength(39);
    expect(pruned.omitted).toEqual({ count: 61, summarised: 0, uncovered: 61 });
  });

  it.each([
    ['empty', ' '],
    ['over-limit', 'word '.repeat(1_000)],
    ['not-shrinking', 'word '.repeat(40)],
  ])('takes no summary that is %s', async (reason, text) => {
    const history = users(1, 40);
    const pruned = await pruner({ summarizer: answering(text) }).pruneConversationHistory({
      history,
    });
    expect(pruned.failure?.details).toEqual({ reason });
    expect(pruned.items).toHaveLength(40);
  });

  it('takes drafts: what has no seq goes by its place, what has no count is counted', async () => {
    const history = Array.from({ length: 30 }, (_, index) => ({
      content: `This is message ${index + 1}`,
      contentType: 'user_message',
    }));
    const pruned = await pruner().pruneConversationHistory({ history });
    expect(pruned.items).toEqual(history.slice(15));
    expect(pruned.summary?.toSeq).toBe(15);
    // Fifteen texts of 18 characters at 6 tokens and 4 of overhead, and the memory message.
    expect(pruned.tokens).toBe(15 * 10 + countThirds(pruned.memory ?? '') + 4);
  });

  it('stays within the budget and adds up for any history', async () => {
    await fc.assert(
      fc.asyncProperty(transcripts(), fc.nat(2_000), fc.nat(20), async (history, budget, max) => {
        const maxContextTokens = budget + 1;
        const options = { maxContextTokens, maxContextItems: max + 1, summarizationThreshold: 10 };
        try {
          const pruned = await pruner(options).pruneConversationHistory({ history });
          const { items, omitted, tokens } = pruned;
          expect(tokens).toBeLessThanOrEqual(maxContextTokens);
          expect(items.length + omitted.summarised + omitted.uncovered).toBe(history.length);
          if (pruned.summary) {
            const { toSeq } = pruned.summary;
            const covered = history.filter((item) => item.seq <= toSeq && !isSystem(item));
            expect(omitted.summarised).toBe(covered.filter((item) => !items.includes(item)).length);
          }
        } catch (error) {
          expect(AppError.from(error).code).toBe('budget-too-small');
        }
      }),
    );
  });
});

describe('ContextPruner.pruneByTokenBudget', () => {
  it('keeps the newest messages that fit', async () => {
    const history = users(1, 100);
    const pruned = await pruner().pruneByTokenBudget({ history, tokenBudget: 130 });
    expect(pruned.tokens).toBeLessThanOrEqual(130);
    expect(seqsOf(pruned.items)).toEqual(seqsOf(users(92, 100)));
    expect(pruned.omitted).toEqual({ count: 91, summarised: 0, uncovered: 91 });
  });

  it('keeps everything that fits, however many items that are', async () => {
    const history = users(1, 100);
    expect((await pruner().pruneByTokenBudget({ history, tokenBudget: 9_000 })).items).toEqual(
      history,
    );
  });

  it('refuses a budget that is none, and names one that holds the pins', async () => {
    const history = [assistantItem(1, { pinned: true, tokens: 50 })];
    const prune = (tokenBudget: number) => pruner().pruneByTokenBudget({ history, tokenBudget });
    await expect(prune(0)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(prune(Number.NaN)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(prune(53)).rejects.toMatchObject({ details: { requiredBudget: 54 } });
    expect((await prune(54)).items).toEqual(history);
  });
});

describe('new ContextPruner', () => {
  it('works without options, offline', async () => {
    const history = Array.from({ length: 40 }, (_, index) =>
      userItem(index + 1, {
        content: `On day ${index + 1} we walked ${index * 3} kilometres north.`,
      }),
    );
    const pruned = await new ContextPruner().pruneConversationHistory({ history });
    expect(pruned.items).toHaveLength(15);
    expect(pruned.summary).toMatchObject({ fromSeq: 1, toSeq: 25 });
    expect(pruned).not.toHaveProperty('failure');
  });

  it('refuses what is no history of items, and names the first that is none', async () => {
    const pruner = new ContextPruner();
    // As a caller in JavaScript may have it.
    const messages: readonly unknown[] = [{ role: 'user', content: 'Hello' }];
    const noItems = messages as readonly HistoryItem[];
    await expect(pruner.pruneConversationHistory({ history: noItems })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'history.0 must have a content and a contentType',
    });
    const noList = messages[0] as readonly HistoryItem[];
    const call = pruner.pruneByTokenBudget({ history: noList, tokenBudget: 100 });
    await expect(call).rejects.toMatchObject({ message: 'history must be a list' });
  });

  it('refuses options that are out of bounds', () => {
    const refused = expect.objectContaining({ code: 'invalid-argument' });
    expect(() => new ContextPruner({ maxContextItems: 0 })).toThrow(refused);
    expect(() => new ContextPruner({ geminiModel: 'no such name' })).toThrow(refused);
    expect(() => new ContextPruner({ geminiProject: 'p', geminiModel: 'm' })).not.toThrow();
    expect(() => new ContextPruner({ geminiProject: 'p', summarizer: failing })).not.toThrow();
  });
});
