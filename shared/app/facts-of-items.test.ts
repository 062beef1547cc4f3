import { expect, it } from 'vitest';
import { extractFacts } from '../domain/facts/facts.ts';
import { userItem } from '../testing/transcripts.ts';
import { factsOfItems } from './facts-of-items.ts';

const items = [1, 2, 3, 4].map((seq) =>
  userItem(seq, { content: `We pay $${seq}50 on 2026-03-1${seq}. `.padEnd(200_000, 'so it is ') }),
);

it('the facts of items are those of all of them, and others work meanwhile', async () => {
  let turns = 0;
  let isOver = false;
  const spin = () => {
    turns++;
    if (!isOver) setImmediate(spin);
  };
  setImmediate(spin);
  const facts = await factsOfItems(items);
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(3);
  expect(facts.map(({ seq, text }) => `${seq} ${text}`)).toContain('3 2026-03-13');
  expect(facts).toEqual(extractFacts(items));
});
