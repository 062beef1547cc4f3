import { describe, expect, it } from 'vitest';
import type { Fact } from '../head.ts';
import { factLines, fitFacts, toldIn } from './fact-lines.ts';

const fact = (seq: number, text: string): Fact => ({ seq, kind: 'number', text });
const count = (text: string): number => text.length;

describe('factLines', () => {
  it('gives each item a line', () => {
    expect(factLines([fact(4, 'total $20'), fact(4, 'A1'), fact(12, '3 kg')])).toBe(
      '\n[4] total $20 · A1\n[12] 3 kg',
    );
  });

  it('tells what stands in a longer fact of the same item only there', () => {
    const facts = [fact(4, '$20'), fact(4, 'agreed on $20'), fact(4, '20'), fact(5, '$20')];
    expect(factLines(facts)).toBe('\n[4] agreed on $20\n[5] $20');
  });

  it('puts a fact of several lines into one', () => {
    expect(factLines([fact(4, 'npm ci\n  npm test')])).toBe('\n[4] npm ci npm test');
  });
});

describe('fitFacts', () => {
  const facts = [fact(1, '125 g'), fact(1, '250 g'), fact(2, '5 g')];

  it('keeps all that fit together, and counts the begin of a line once', () => {
    const lines = '\n[1] · 125 g · 250 g\n[2] · 5 g'.length;
    expect(fitFacts(facts, { maxTokens: lines, count })).toEqual(facts);
    expect(fitFacts(facts, { maxTokens: lines - 1, count })).toEqual(facts.slice(0, 2));
  });

  it('keeps nothing where there is no room, and an empty list anywhere', () => {
    expect(fitFacts(facts, { maxTokens: 0, count })).toEqual([]);
    expect(fitFacts(facts, { maxTokens: -5, count })).toEqual([]);
    expect(fitFacts([], { maxTokens: 10, count })).toEqual([]);
  });

  it('takes nothing for a fact that stands in another one of its item', () => {
    const decision: Fact = { seq: 3, kind: 'decision', text: 'We agreed on 250 g' };
    const both = [decision, fact(3, '250 g')];
    const maxTokens = '\n[3] · We agreed on 250 g'.length;
    expect(fitFacts(both, { maxTokens, count })).toEqual(both);
  });
});

describe('toldIn', () => {
  const isTold = toldIn('[3] user: The total is $20.\n[12] tool: {"id":"A1"}\nIn short, 3 kg.');

  it('finds a fact in the line of its own item alone', () => {
    expect(isTold(fact(3, 'total is $20'))).toBe(true);
    expect(isTold(fact(12, '"id":"A1"'))).toBe(true);
    expect(isTold(fact(4, 'total is $20'))).toBe(false);
    expect(isTold(fact(12, '3 kg'))).toBe(false);
    expect(toldIn('')(fact(3, '$20'))).toBe(false);
  });
});
