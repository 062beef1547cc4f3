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
  let lines = '';
  let texts: string[] = [];
  facts.forEach(({ seq, text }, index) => {
    const said = oneLine(text);
    if (!texts.some((other) => other.includes(said)))
      texts = [...texts.filter((other) => !said.includes(other)), said];
    if (facts[index + 1]?.seq === seq) return;
    lines += `${lineStart(seq)} ${texts.join(BETWEEN)}`;
    texts = [];
  });
  return lines;
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
  const startTokens = lineStartTokens(count);
  let left = maxTokens;
  for (const fact of byWorth(facts)) {
    const text = oneLine(fact.text);
    const ofItem = told.get(fact.seq);
    if (!ofItem?.some((other) => other.includes(text))) {
      const tokens = tokensOf(fact, count) + (ofItem ? 0 : startTokens(fact.seq));
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
  const startTokens = lineStartTokens(count);
  let tokens = 0;
  let last = 0;
  for (const fact of facts) {
    if (fact.seq !== last) tokens += startTokens(fact.seq);
    tokens += tokensOf(fact, count);
    last = fact.seq;
  }
  return tokens;
}

/** Seqs of as many digits take as many tokens: they need not all be counted. */
function lineStartTokens(count: FitOptions['count']): (seq: number) => number {
  const known = new Map<number, number>();
  return (seq) => {
    const digits = String(seq).length;
    const tokens = known.get(digits) ?? count(lineStart(seq));
    known.set(digits, tokens);
    return tokens;
  };
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
const oneLine = (text: string): string =>
  /[\r\n]/.test(text) ? text.replaceAll(/\s*[\r\n]\s*/g, ' ') : text;
