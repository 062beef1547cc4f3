import { expect, it } from 'vitest';
import type { SummaryDraft } from '../ports/summarizer.ts';
import { userItem } from '../testing/transcripts.ts';
import { TurnCounter } from '../testing/turn-counter.ts';
import { writeSummary } from './write-summary.ts';

const draft = (text: string, charged?: number): SummaryDraft => ({
  ...{ text, model: 'm', isFallback: false },
  ...(charged ? { sample: { model: 'm', countedTokens: 500, chargedTokens: charged } } : {}),
});

const written = (...drafts: readonly SummaryDraft[]) => {
  const waiting = [...drafts];
  const summarizer = {
    maxInputTokens: 150,
    summarize: async () => waiting.shift() ?? draft('One too many.'),
  };
  const items = drafts.map((_, index) => userItem(index + 1, { tokens: 100 }));
  return writeSummary(
    { summarizer, options: { summaryMaxTokens: 100 } },
    { base: undefined, items, signal: undefined },
  );
};

it('lets others work between the passes of a summariser that never pauses', async () => {
  const others = new TurnCounter();
  await written(draft('One.'), draft('Two.'), draft('Three.'), draft('Four.'));
  others.stop();
  expect(others.turns).toBeGreaterThanOrEqual(3);
});

it('a summary in several passes tells what was counted in all of them', async () => {
  const sample = { model: 'm', countedTokens: 1_000, chargedTokens: 1_060 };
  const passes = [draft('One.', 510), draft('One, two.'), draft('All three.', 550)];
  expect(await written(...passes)).toEqual({ ...draft('All three.'), sample });
  expect(await written(draft('One.'))).toEqual(draft('One.'));
});
