import { describe, expect, it } from 'vitest';
import type { ContextAnswer } from '../answers.ts';
import { EXCHANGE, honestClient, itemOf, sentSession } from './honest-client.ts';
import { checkOneSummaryEach, checkSummary } from './summary.ts';

const sent = sentSession(EXCHANGE);
const originals = sent.items.slice(0, 3).map((item) => itemOf(sent, item));
const summary = { id: 's1-s1', text: 'ER-20417 is at the depot.', fromSeq: 1, toSeq: 3, tokens: 8 };
const context: ContextAnswer = {
  summary,
  facts: [],
  items: sent.items.slice(3).map((item) => itemOf(sent, item)),
  tokens: { total: 20, budget: 1_000, counter: 'estimate' },
  omitted: { count: 3, summarised: 3, uncovered: 0 },
};
const honest = {
  ...honestClient(sent),
  context: async () => ({ status: 200, body: context }),
  originals: async () => originals,
  coverage: async () => ({
    lastSeq: 4,
    gaps: [],
    ranges: [
      { fromSeq: 1, toSeq: 3, summarised: true, tier: 'cold' },
      { fromSeq: 4, toSeq: 4, summarised: false, tier: 'hot' },
    ],
  }),
};
const with_ = (change: Partial<ContextAnswer>) => ({
  ...honest,
  context: async () => ({ status: 200, body: { ...context, ...change } }),
});

describe('checkSummary', () => {
  it('opens a summary and finds every original as it was sent', async () => {
    expect(await checkSummary(honest, sent)).toEqual({
      invariant: 9,
      looked: { summary: 1, original: 3 },
      faults: [],
    });
  });

  it('finds an original that is gone, and one that was changed', async () => {
    const gone = { ...honest, originals: async () => originals.slice(1) };
    expect((await checkSummary(gone, sent)).faults).toEqual([
      's1: summary of 1…3 opens to 2 originals',
    ]);
    const changed = originals.map((item) => (item.seq === 3 ? { ...item, content: '' } : item));
    const rewritten = { ...honest, originals: async () => changed };
    expect((await checkSummary(rewritten, sent)).faults).toEqual(['s1: seq 3 has another content']);
  });

  it('finds a summary that is empty or does not shrink', async () => {
    const empty = with_({ summary: { ...summary, text: ' ' } });
    expect((await checkSummary(empty, sent)).faults).toEqual(['s1: summary of 1…3 is empty']);
    const long = with_({ summary: { ...summary, tokens: 30 } });
    expect((await checkSummary(long, sent)).faults).toEqual([
      's1: summary of 1…3 has 30 tokens, its originals 30',
    ]);
  });

  it('finds a coverage that stands for another range', async () => {
    const { coverage } = honestClient(sent);
    expect((await checkSummary({ ...honest, coverage }, sent)).faults).toEqual([
      's1: the coverage has another range than the summary',
    ]);
  });

  it('finds items that a context neither keeps nor reports', async () => {
    const silent = with_({ omitted: { count: 1, summarised: 1, uncovered: 0 } });
    expect((await checkSummary(silent, sent)).faults).toEqual([
      's1: 1 kept, 1 summarised and 0 uncovered of 4',
    ]);
  });
});

describe('checkOneSummaryEach', () => {
  it('finds two summaries of one range in a session', () => {
    const of = (sessionId: string, toSeq: number) => ({ sessionId, fromSeq: 1, toSeq });
    expect(checkOneSummaryEach([of('s1', 3), of('s1', 9), of('s2', 3)]).faults).toEqual([]);
    expect(checkOneSummaryEach([of('s1', 3), of('s1', 3)]).faults).toEqual([
      's1: two summaries of 1…3',
    ]);
  });
});
