import { expect, it } from 'vitest';
import { extractFacts } from '../domain/facts/facts.ts';
import { userItem } from '../testing/transcripts.ts';
import { TurnCounter } from '../testing/turn-counter.ts';
import { factsOfItems } from './facts-of-items.ts';

const items = [1, 2, 3, 4].map((seq) =>
  userItem(seq, { content: `We pay $${seq}50 on 2026-03-1${seq}. `.padEnd(200_000, 'so it is ') }),
);

it('the facts of items are those of all of them, and others work meanwhile', async () => {
  const others = new TurnCounter();
  const facts = await factsOfItems(items);
  others.stop();
  expect(others.turns).toBeGreaterThanOrEqual(3);
  expect(facts.map(({ seq, text }) => `${seq} ${text}`)).toContain('3 2026-03-13');
  expect(facts).toEqual(extractFacts(items));
});
