import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact, FactKind } from '../head.ts';
import { factLines } from './fact-lines.ts';
import { mergeFacts } from './merge-facts.ts';

const fact = (seq: number, kind: FactKind, text: string): Fact => ({ seq, kind, text });
/** As many tokens as characters. */
const count = (text: string): number => text.length;

/** What is kept, without its price. */
const merged = (known: readonly Fact[], added: readonly Fact[], maxTokens = 10_000): Fact[] =>
  mergeFacts(known, added, { maxTokens, count }).map(({ tokens: _, ...rest }) => rest);

describe('mergeFacts', () => {
  it('keeps all in seq order while they fit', () => {
    const known = [fact(3, 'id', 'A1'), fact(1, 'date', 'May 2')];
    expect(merged(known, [fact(2, 'name', 'Ines')])).toEqual([
      fact(1, 'date', 'May 2'),
      fact(2, 'name', 'Ines'),
      fact(3, 'id', 'A1'),
    ]);
  });

  it('moves a fact that is said again to its newest seq, and counts who said it', () => {
    const twice = merged([fact(1, 'name', 'Ines')], [fact(7, 'name', 'Ines')]);
    expect(twice).toEqual([{ ...fact(7, 'name', 'Ines'), uses: 2 }]);
    expect(merged(twice, [fact(9, 'name', 'ines')])).toEqual([
      { ...fact(9, 'name', 'ines'), uses: 3 },
    ]);
  });

  it('keeps the old and the new value of the same thing, each with its seq', () => {
    const budgets = [fact(4, 'money', 'budget is $500'), fact(30, 'money', 'budget is $700')];
    expect(merged(budgets.slice(0, 1), budgets.slice(1))).toEqual(budgets);
  });

  it('knows an id again whatever stands before it, but not a figure', () => {
    expect(merged([fact(1, 'id', 'order FLX-2291')], [fact(5, 'id', 'parcel FLX-2291')])).toEqual([
      { ...fact(5, 'id', 'parcel FLX-2291'), uses: 2 },
    ]);
    const two = [fact(1, 'number', '2 bags'), fact(2, 'number', '2 cats')];
    expect(merged(two, [])).toEqual(two);
  });

  it('keeps the words of a person over the same id in JSON', () => {
    const said = fact(1, 'id', 'user ID is ines_4471');
    expect(merged([said], [fact(5, 'id', '"user_id":"ines_4471"')])).toEqual([
      { ...said, uses: 2 },
    ]);
  });

  it('counts what a fact takes in a line of the memory message, once for good', () => {
    const one = [fact(1, 'id', 'A1')];
    const tokens = '\n[1]'.length + ' · A1'.length;
    expect(merged(one, [], tokens)).toEqual(one);
    expect(merged(one, [], tokens - 1)).toEqual([]);
    const [kept] = mergeFacts(one, [], { maxTokens: 100, count });
    expect(kept?.tokens).toBe(5);
    const uncounted = () => {
      throw new Error('It was counted again');
    };
    expect(
      kept &&
        mergeFacts([kept], [], {
          maxTokens: 100,
          count: (text) => (text === '\n[1]' ? 4 : uncounted()),
        }),
    ).toEqual([kept]);
  });

  it('lets the oldest go first, but not one that several items said', () => {
    const ids = [fact(1, 'id', 'A1'), fact(2, 'id', 'B2'), fact(3, 'id', 'C3')];
    const two = 2 * '\n[1] · A1'.length;
    expect(merged(ids, [], two)).toEqual(ids.slice(1));
    const used = [{ ...fact(1, 'id', 'A1'), uses: 2 }, ...ids.slice(1)];
    expect(merged(used, [], two)).toEqual([used[0], ids[2]]);
  });

  it('lets a value that was replaced go before an older one that still holds', () => {
    const deposit = fact(3, 'money', 'deposit $120');
    const before = fact(4, 'money', 'budget is $500');
    const after = fact(30, 'money', 'budget is $700');
    const two = '\n[3] · deposit $120\n[30] · budget is $700'.length;
    expect(merged([deposit, before], [after], two)).toEqual([deposit, after]);
  });

  it.each<FactKind>(['id', 'money', 'date', 'path', 'email'])(
    'lets names and quotes go before an older %s',
    (kind) => {
      const old = fact(1, kind, 'ab 123');
      const young = [fact(8, 'quote', '“abc d”'), fact(9, 'name', 'Ines')];
      expect(merged([old], young, '\n[1] · ab 123'.length)).toEqual([old]);
    },
  );

  it('lets pieces of JSON go before what was said', () => {
    const said = fact(1, 'id', 'order A1');
    const dumped = fact(9, 'id', '"id":"B2"');
    expect(merged([said], [dumped], 20)).toEqual([said]);
  });

  it('never exceeds its bound, orders by seq, and repeats nothing', () => {
    const anyFact = fc.record({
      seq: fc.integer({ min: 1, max: 30 }),
      kind: fc.constantFrom<FactKind>('id', 'name', 'number', 'quote', 'path'),
      text: fc.string({ minLength: 1, maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(anyFact), fc.array(anyFact), fc.nat(300), (known, added, maxTokens) => {
        const all = mergeFacts(known, added, { maxTokens, count });
        expect(factLines(all).length).toBeLessThanOrEqual(maxTokens);
        const seqs = all.map(({ seq }) => seq);
        expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
        expect(new Set(all.map(({ kind, text }) => `${kind} ${text}`)).size).toBe(all.length);
      }),
    );
  });
});
