import { describe, expect, it } from 'vitest';
import { EXCHANGE, itemOf, sentSession } from '../checks/honest-client.ts';
import type { Verdict } from '../findings.ts';
import type { Snapshot } from '../snapshot.ts';
import { costsTable } from './costs.ts';
import { coverageLines } from './coverage.ts';
import { invariantLines } from './invariants.ts';
import { summaryOpened } from './summary.ts';
import { tiersTable } from './tiers.ts';

const snapshot: Snapshot = {
  age: 'day 30',
  items: 100,
  tiers: {
    hot: { items: 10, bytes: 2_048 },
    warm: { items: 30, bytes: 6_144 },
    cold: { items: 60, bytes: 4_096, rawBytes: 20_480 },
    hasBytes: true,
  },
  cost: {
    sessions: 1,
    historyTokens: 20_000,
    contextTokens: 2_500,
    readsCached: 0,
    readsUncached: 1.25,
    latencyMs: 1.44,
  },
};

describe('the tables', () => {
  it('show items, KiB and the compression of the cold tier', () => {
    expect(tiersTable([snapshot])).toEqual([
      '        items  hot  KiB  warm  KiB  cold  KiB raw  KiB kept  ratio',
      'day 30    100   10  2.0    30  6.0    60     20.0       4.0   5.0×',
    ]);
  });

  it('leave out bytes and reads where nobody knows them', () => {
    const { readsCached: _, readsUncached: __, ...cost } = snapshot.cost;
    const outside = { ...snapshot, tiers: { ...snapshot.tiers, hasBytes: false }, cost };
    expect(tiersTable([outside])).toEqual([
      '        items  hot  warm  cold',
      'day 30    100   10    30    60',
    ]);
    expect(costsTable([outside])).toEqual([
      '              history       context  share    time',
      'day 30  20,000 tokens  2,500 tokens   13 %  1.4 ms',
    ]);
  });

  it('show what a context costs beside its history', () => {
    expect(costsTable([snapshot])).toEqual([
      '              history       context  share    time  reads  reads, no cache',
      'day 30  20,000 tokens  2,500 tokens   13 %  1.4 ms      0              1.3',
    ]);
  });
});

describe('coverageLines', () => {
  it('draws where the seqs are, and says it in words', () => {
    const lines = coverageLines({
      lastSeq: 4,
      gaps: [],
      ranges: [
        { fromSeq: 1, toSeq: 2, summarised: true, tier: 'cold' },
        { fromSeq: 3, toSeq: 4, summarised: false, tier: 'hot' },
      ],
    });
    expect(lines).toEqual([
      '░'.repeat(36) + '█'.repeat(36),
      '‾'.repeat(36),
      '',
      '#1–#2  ░ cold  a summary stands for them',
      '#3–#4  █ hot   verbatim only',
    ]);
  });
});

describe('summaryOpened', () => {
  const sent = sentSession([
    { role: 'user', content: 'The roof drips.' },
    ...EXCHANGE.slice(1, 2),
    { role: 'user', content: 'Good.' },
  ]);
  const originals = sent.items.slice(0, 2).map((item) => itemOf(sent, item));
  const context = {
    facts: [],
    items: [],
    tokens: { total: 0, budget: 4_000, counter: 'estimate' },
    omitted: { count: 0, summarised: 0, uncovered: 0 },
  };
  const coverage = { lastSeq: 3, ranges: [], gaps: [] };

  it('puts the originals that a summary opens to beside it', () => {
    const summary = { id: 's1-s1', text: 'Roof and panels.', fromSeq: 1, toSeq: 2, tokens: 5 };
    const portrait = { sent, context: { ...context, summary }, originals, coverage };
    expect(summaryOpened(portrait)).toEqual([
      's1: 5 tokens stand for items 1–2, 20 tokens',
      '',
      `Roof and panels.${' '.repeat(34)} │ #1 hot user: The roof drips.`,
      `${' '.repeat(50)} │ #2 hot tool_call: track({})`,
    ]);
  });

  it('says that nothing is summarised', () => {
    const portrait = { sent, context: { ...context, summary: null }, originals: [], coverage };
    expect(summaryOpened(portrait)).toEqual([
      'Everything fits the budget verbatim, so nothing is summarised.',
    ]);
  });
});

describe('invariantLines', () => {
  const verdict: Verdict = {
    number: 2,
    name: 'One home',
    promise: 'every seq exactly once',
    status: 'kept',
    looked: { history: 3, coverage: 1 },
    faults: [],
    without: [],
  };
  const linesOf = (change: Partial<Verdict>) =>
    invariantLines([{ ...verdict, ...change }], { write: () => undefined });

  it('says what was promised and on how many of what that was looked at', () => {
    expect(linesOf({})).toEqual([
      '✓  2  One home                   every seq exactly once',
      '                                3 histories, 1 coverage',
    ]);
  });

  it('shows the first faults of a broken one and counts the others', () => {
    const faults = ['a', 'b', 'c', 'd', 'e'];
    expect(linesOf({ status: 'broken', faults })).toEqual([
      '✗  2  One home                   every seq exactly once',
      '                                3 histories, 1 coverage',
      '        a',
      '        b',
      '        c',
      '        … and 2 more',
    ]);
  });

  it('says why one could not be looked at', () => {
    expect(linesOf({ status: 'unchecked', looked: {}, without: ['no clock'] })).toEqual([
      '–  2  One home                   every seq exactly once',
      '                                left out: no clock',
    ]);
  });
});
