import { describe, expect, it } from 'vitest';
import type { ContextAnswer, ContextQuery } from '../answers.ts';
import { checkContext } from './context.ts';
import { contextOf, EXCHANGE, itemOf, sentSession } from './honest-client.ts';

const sent = sentSession(EXCHANGE);
sent.pinnedSeqs.add(1);
const honest = contextOf(sent);

/** The faults by invariant of contexts that are answered one after the other. */
async function faultsOf(
  query: ContextQuery,
  ...answers: readonly { status: number; body: ContextAnswer }[]
): Promise<Record<number, readonly string[]>> {
  const left = [...answers];
  const client = { context: async () => left.shift() ?? { status: 200, body: honest } };
  const counter = { name: 'estimate', count: (text: string) => Math.ceil(text.length / 4) };
  const found: Record<number, readonly string[]> = {};
  for (const { invariant, faults } of await checkContext(client, sent, query, counter)) {
    if (faults.length > 0) found[invariant] = [...(found[invariant] ?? []), ...faults];
  }
  return found;
}

const ok = (change: Partial<ContextAnswer>) => ({ status: 200, body: { ...honest, ...change } });
const kept = (...seqs: readonly number[]) =>
  sent.items.filter(({ seq }) => seqs.includes(seq)).map((item) => itemOf(sent, item));

describe('checkContext', () => {
  it('is content with a whole context within its budget', async () => {
    expect(await faultsOf({ tokenBudget: 1_000, format: 'openai' }, ok({}))).toEqual({});
  });

  it('finds a result without its call, and a call without its result', async () => {
    expect(await faultsOf({}, ok({ items: kept(1, 3, 4) }))).toEqual({
      7: ['s1: raw context of 4 items: seq 3 stands without 2 of its group'],
    });
    expect(await faultsOf({}, ok({ items: kept(1, 2) }))).toEqual({
      7: ['s1: raw context of 4 items: seq 2 stands without 3 of its group'],
    });
  });

  it('finds items out of order', async () => {
    const [first, ...rest] = kept(1, 4);
    expect(first?.seq).toBe(1);
    expect(await faultsOf({}, ok({ items: [...rest, ...kept(1)] }))).toEqual({
      7: ['s1: raw context of 4 items: seq 1 is out of order'],
    });
  });

  it('finds messages that their provider would refuse', async () => {
    const messages = EXCHANGE.slice(2);
    const found = await faultsOf({ format: 'openai' }, ok({ messages }));
    expect(found[7]?.[0]).toMatch(/^s1: openai context of 4 items: messages\.0: answers call c1/);
  });

  it('finds a pin that is left out', async () => {
    expect(await faultsOf({}, ok({ items: kept(4) }))).toEqual({
      8: ['s1: pin 1 is missing within 1000 tokens'],
    });
  });

  it('finds a context over its budget', async () => {
    const tokens = { total: 41, budget: 40, counter: 'estimate' };
    expect(await faultsOf({ tokenBudget: 40 }, ok({ tokens }))).toEqual({
      10: ['s1: budget 40, but the context has 41 tokens'],
    });
  });

  it('finds a total that is told smaller than its parts, or than its messages counted again', async () => {
    const tokens = { total: 39, budget: 1_000, counter: 'estimate' };
    expect(await faultsOf({}, ok({ tokens, messages: [] }))).toEqual({
      10: ['s1: budget 1000: 39 tokens are told, items and summary have 40'],
    });
    const messages = [{ role: 'user', content: 'x'.repeat(400) }];
    expect(await faultsOf({}, ok({ messages }))).toEqual({
      10: ['s1: budget 1000: 40 tokens are told, the messages have 100 counted again'],
    });
  });

  it('finds another budget than the one that was asked for', async () => {
    expect(await faultsOf({ tokenBudget: 40 }, ok({}))).toEqual({
      10: ['s1: budget 1000, but 40 was asked for'],
    });
  });

  it('wants a refused budget to come with one that would do, and tries it', async () => {
    const refused = (requiredBudget?: number) => ({
      status: 422,
      body: { ...honest, ...(requiredBudget === undefined ? {} : { requiredBudget }) },
    });
    const tokens = { total: 40, budget: 60, counter: 'estimate' };
    const query = { tokenBudget: 5 };
    expect(await faultsOf(query, refused(60), ok({ tokens }))).toEqual({});
    expect(await faultsOf(query, refused())).toEqual({
      8: ['s1: budget 5 was refused without a larger one that would do'],
    });
    expect(await faultsOf(query, refused(60), refused(70))).toEqual({
      8: ['s1: budget 5 was refused, and so was 60, which would do'],
    });
  });
});
