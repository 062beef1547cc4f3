import type { Fact } from '../head.ts';
import { fitFacts, tokensOf } from './fact-lines.ts';
import { worthOf } from './worth.ts';

interface MergeOptions {
  /** Upper bound of all facts together, as lines of the memory message. */
  readonly maxTokens: number;
  readonly count: (text: string) => number;
}

/**
 * The facts known so far and the added ones, each once, in seq order and within `maxTokens`. When
 * they are too many, those worth least go first: names before figures, vague before exact, and among
 * their like what was replaced, what was said least, what is oldest. Said again, a fact moves to its
 * newest seq; another value of the same thing is another fact, with its own.
 */
export function mergeFacts(
  known: readonly Fact[],
  added: readonly Fact[],
  options: MergeOptions,
): readonly Fact[] {
  const facts = distinct([...known, ...added].toSorted((a, b) => a.seq - b.seq));
  const priced = facts.map((fact) => ({ ...fact, tokens: tokensOf(fact, options.count) }));
  return fitFacts(priced, options);
}

/** Of facts in seq order, each once: at its last mention, unless that one tells less. */
export function distinct(facts: readonly Fact[]): Fact[] {
  const best = new Map<string, Fact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const before = best.get(key);
    const told = before && worthOf(before) > worthOf(fact) ? before : fact;
    const uses =
      (before ? (before.uses ?? 1) : 0) + (before?.seq === fact.seq ? 0 : (fact.uses ?? 1));
    if (told === fact) best.delete(key);
    best.set(key, uses > 1 ? { ...told, uses } : told);
  }
  return [...best.values()];
}

/** Ids, addresses and paths are the same fact whatever words stand before them. */
function keyOf({ kind, text }: Fact): string {
  const isItself = kind === 'id' || kind === 'email' || kind === 'url' || kind === 'path';
  const value =
    isItself && !text.endsWith('}') ? (/[^\s"]+(?="?$)/u.exec(text)?.[0] ?? text) : text;
  return `${kind} ${value.toLowerCase()}`;
}
