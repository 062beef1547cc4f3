import type { Fact } from '../head.ts';
import { byWorth } from './worth.ts';

/** Between two facts of one item. */
const BETWEEN = ' · ';

/**
 * Facts as the memory message tells them, a line for each item: `[4] total is $20 · order FLX-2291`.
 * What stands in a longer fact of the same item is not told twice.
 *
 * @param facts in seq order.
 */
export function factLines(facts: readonly Fact[]): string {
  const lines = new Map<number, string[]>();
  for (const { seq, text } of facts) {
    const texts = lines.get(seq) ?? [];
    const said = oneLine(text);
    if (texts.some((other) => other.includes(said))) continue;
    lines.set(seq, [...texts.filter((other) => !said.includes(other)), said]);
  }
  return [...lines].map(([seq, texts]) => `${lineStart(seq)} ${texts.join(BETWEEN)}`).join('');
}

interface FitOptions {
  readonly maxTokens: number;
  readonly count: (text: string) => number;
}

/** The worthiest facts that fit together into `maxTokens` as lines, in the order given. */
export function fitFacts(
  facts: readonly Fact[],
  { maxTokens, count }: FitOptions,
): readonly Fact[] {
  if (maxTokens <= 0) return [];
  if (tokensOfLines(facts, count) <= maxTokens) return facts;
  const kept = new Set<Fact>();
  const told = new Map<number, string[]>();
  let left = maxTokens;
  for (const fact of byWorth(facts)) {
    const text = oneLine(fact.text);
    const ofItem = told.get(fact.seq);
    if (!ofItem?.some((other) => other.includes(text))) {
      const tokens = tokensOf(fact, count) + (ofItem ? 0 : count(lineStart(fact.seq)));
      if (tokens > left) continue;
      left -= tokens;
      told.set(fact.seq, [...(ofItem ?? []), text]);
    }
    kept.add(fact);
  }
  return facts.filter((fact) => kept.has(fact));
}

/** At most: facts that stand in others are counted too. */
export function tokensOfLines(facts: readonly Fact[], count: FitOptions['count']): number {
  const seqs = new Set(facts.map(({ seq }) => seq));
  let tokens = 0;
  for (const seq of seqs) tokens += count(lineStart(seq));
  for (const fact of facts) tokens += tokensOf(fact, count);
  return tokens;
}

/** What a fact takes in a line. */
export const tokensOf = ({ text, tokens }: Fact, count: FitOptions['count']): number =>
  tokens ?? count(BETWEEN + oneLine(text));

/** Whether a summary tells a fact to the letter, in a line that begins with the seq of its item. */
export function toldIn(summary: string): (fact: Fact) => boolean {
  const lines = new Map<number, string>();
  for (const [, seq = '', line = ''] of summary.matchAll(/^\[(\d{1,9})\] (.+)$/gm))
    lines.set(Number(seq), `${lines.get(Number(seq)) ?? ''}\n${line}`);
  return ({ seq, text }) => lines.get(seq)?.includes(oneLine(text)) ?? false;
}

const lineStart = (seq: number): string => `\n[${seq}]`;
const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n]\s*/g, ' ');
