import { expect, it } from 'vitest';
import { StrataOptions } from '../options.ts';
import { aHead, anItem, aSession, aSummary, START_MS } from '../testing/builders.ts';
import { decideRemoval } from './removal.ts';

const policy = StrataOptions.parse({});
const summary = aSummary(aSession(), 1, { fromSeq: 1, toSeq: 2 });
const head = aHead(aSession(), {
  lastSeq: 3,
  summary,
  nothingToFoldAtSeq: 3,
  firstItemAtMs: START_MS,
});
const removed = (seq: number, createdAtMs: number) => {
  const item = { ...anItem(seq), createdAtMs };
  const covering = seq <= 2 ? [summary] : [];
  const rest = { segment: undefined, fallback: undefined, nowMs: START_MS, policy };
  return decideRemoval({ head, item, covering, ...rest }).head;
};

it('lets the summary that goes with an item be asked for again', () => {
  expect(removed(2, START_MS + 1)).not.toHaveProperty('nothingToFoldAtSeq');
  expect(removed(3, START_MS + 1).nothingToFoldAtSeq).toBe(3);
});

it('takes the first item for unknown when it may be the one that goes', () => {
  expect(removed(1, START_MS)).not.toHaveProperty('firstItemAtMs');
  expect(removed(2, START_MS + 1).firstItemAtMs).toBe(START_MS);
});
