import { describe, expect, it } from 'vitest';
import type { ItemDraft } from '../domain/item.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import type { SummaryDraft } from '../ports/summarizer.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const session = { userId: USER, sessionId: 's' };
const messages = (count: number, from = 1) =>
  Array.from(
    { length: count },
    (_, index) => `Message ${from + index}. ${'Well then. '.repeat(50)}`,
  );
const pin = (words: number): ItemDraft => ({
  content: 'well '.repeat(words),
  contentType: 'user_message',
  pinned: true,
});

const byModel: SummaryDraft = { text: 'They talked.', model: 'm (prompt 1)', isFallback: false };
const toldOf = (chargedTokens: number): SummaryDraft => ({
  ...byModel,
  sample: { model: 'm', countedTokens: 1_000, chargedTokens },
});
const byStandIn: SummaryDraft = { ...byModel, model: 'extractive', isFallback: true };

/** A session of which each draft makes one summary; later ones count a tenth more. */
async function opened(...drafts: readonly SummaryDraft[]) {
  const waiting = [...drafts];
  const summarizer = {
    maxInputTokens: 100_000,
    summarize: async () => waiting.shift() ?? toldOf(1_100),
  };
  const temp = await memoryOfTest({ summarizer });
  for (const _ of drafts) {
    await temp.append('s', ...messages(30));
    await temp.system.memory.summarizeSession(session);
  }
  return temp;
}

const contextOf = ({ system }: Pick<TemporaryMemory, 'system'>, tokenBudget = 4_000) =>
  system.memory.context({ ...session, tokenBudget, format: 'gemini', explain: false });
const correctionOf = async (temp: TemporaryMemory) => (await contextOf(temp)).tokens.correction;

describe('a context for a model that counts more than we do', () => {
  it('takes the budget in the tokens of the model, and says so', async () => {
    const temp = await opened(toldOf(1_250));
    const { tokens, items, summary } = await contextOf(temp, 1_500);
    expect(tokens).toMatchObject({ budget: 1_500, counter: 'gemma3', correction: 1.25 });
    expect(tokens.total).toBeLessThanOrEqual(1_500);
    const counted = items.reduce((sum, item) => sum + item.tokens, summary?.tokens ?? 0);
    expect(counted * 1.25).toBeLessThan(tokens.total);
    const plain = await contextOf(await opened(toldOf(1_000)), 1_500);
    expect(plain.tokens).not.toHaveProperty('correction');
    expect(plain.items.length).toBeGreaterThan(items.length);
  });

  it('is the same on every instance', async () => {
    const temp = await opened(toldOf(1_100));
    const here = await contextOf(temp);
    expect(await contextOf({ system: await temp.open() })).toEqual(here);
  });

  it('changes with a summary alone', async () => {
    const temp = await opened(toldOf(1_050), toldOf(1_050), toldOf(1_050), toldOf(1_900));
    const memoryOf = async () => JSON.stringify((await contextOf(temp)).messages?.[0]);
    const before = await memoryOf();
    expect(before).toContain('They talked.');
    expect(await correctionOf(temp)).toBe(1.05);
    await temp.append('s', 'And then?');
    expect(await memoryOf()).toBe(before);
    expect(await correctionOf(temp)).toBe(1.05);
  });

  it('keeps what is known when a stand-in writes', async () => {
    expect(await correctionOf(await opened(toldOf(1_100), byStandIn))).toBe(1.1);
  });

  it('is counted as before once what writes the summaries tells nothing more', async () => {
    expect(await correctionOf(await opened(toldOf(1_100), byModel))).toBeUndefined();
  });

  it('learns from a summary that the model writes again', async () => {
    const temp = await opened(byStandIn);
    expect(await correctionOf(temp)).toBeUndefined();
    temp.clock.advance(10 * MINUTE_MS);
    await temp.system.memory.summarizeSession(session);
    expect(await correctionOf(temp)).toBe(1.1);
  });

  it('names a budget in the tokens of the model when pins do not fit', async () => {
    const temp = await opened(toldOf(1_100));
    await temp.append('s', pin(1_000));
    const refused = contextOf(temp, 1_000);
    // A thousand and one tokens and nine around them, and a tenth more.
    const details = { requiredBudget: 1_111, budget: 1_000 };
    await expect(refused).rejects.toMatchObject({ code: 'budget-too-small', details });
    expect((await contextOf(temp, 1_111)).items).toHaveLength(1);
    await expect(contextOf(temp, 1_110)).rejects.toMatchObject({ code: 'budget-too-small' });
  });

  it('has a summary asked for, and as much folded, as its budget needs', async () => {
    const asked = async (draft: SummaryDraft) => {
      const temp = await opened(draft, draft);
      const topics: string[] = [];
      temp.system.bus.subscribe('memory-summarize', 'test', async ({ topic }) => {
        topics.push(topic);
      });
      const { ranges } = await temp.system.memory.coverage(session);
      const toSeq = ranges.findLast(({ summarised }) => summarised)?.toSeq ?? 0;
      const rest = await temp.system.memory.history({
        ...{ ...session, fromSeq: toSeq + 1, limit: 100, order: 'asc' },
      });
      const uncovered = rest.items.reduce((sum, { tokens }) => sum + tokens, 0);
      // Together 3,800 by our count.
      await temp.append('s', 'well '.repeat(3_799 - uncovered));
      await temp.system.bus.drain();
      return { toSeq, count: topics.length };
    };
    const plain = await asked(toldOf(1_000));
    const corrected = await asked(toldOf(1_250));
    expect(plain.count).toBe(0);
    expect(corrected.count).toBe(1);
    expect(corrected.toSeq).toBeGreaterThan(plain.toSeq);
  });
});
