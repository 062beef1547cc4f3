import { expect, it } from 'vitest';
import { StrataOptions } from '../options.ts';
import { ContextPruner } from './context-pruner.ts';
import { tokenCounterFor } from './token-counter-for.ts';

const TEXT = 'FLX-2291 ships on 2026-03-14.';

it.each([
  ['gemini', 'gemma3', 21],
  ['openai', 'o200k', 15],
  ['estimate', 'estimate', 25],
  ['estimate-100k', 'estimate-100k', 29],
] as const)('%s counts as %s does', (name, counter, tokens) => {
  const made = tokenCounterFor(name);
  expect([made.name, made.count(TEXT)]).toEqual([counter, tokens]);
});

it('is Gemini unless another one is asked for', () => {
  expect(StrataOptions.parse({}).tokenCounter).toBe('gemini');
});

it('counts a history as the option says, or with a counter of one’s own', async () => {
  const history = [{ content: TEXT, contentType: 'user_message' }];
  const tokensWith = async (options: ConstructorParameters<typeof ContextPruner>[0]) =>
    (await new ContextPruner(options).pruneConversationHistory({ history })).tokens;
  const exact = await tokensWith({});
  expect(await tokensWith({ tokenCounter: 'openai' })).toBe(exact - 6);
  const own = { name: 'own', count: () => 1_000 };
  expect(await tokensWith({ tokenCounter: 'openai', counter: own })).toBeGreaterThan(1_000);
});
