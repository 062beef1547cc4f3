import { coveredToSeq, type Fact, type Summary } from '../head.ts';
import type { Costs } from './context-cost.ts';
import { factLine, type Memory, memoryText } from './memory-text.ts';
import type { ContextInput } from './selection.ts';
import { trimSentences } from './trim-sentences.ts';

/** What the memory message is made of. */
export interface MemoryParts {
  readonly summary: Summary | null;
  readonly facts: readonly Fact[];
  /** There is room to say how many messages are not shown, where no summary stands for them. */
  readonly hasNote: boolean;
}

export interface MemoryRoom {
  /** Items that stand in the context anyhow: their facts are not repeated. */
  readonly keptSeqs: ReadonlySet<number>;
  /** System items that do not: no summary tells of them. */
  readonly omittedSystem: ReadonlyMap<number, unknown>;
  /** Tokens that the message may take. */
  readonly left: number;
  readonly costs: Costs;
}

/** Chooses the summary, then facts, then, without a summary, the note on what is not shown. */
export function selectMemory(input: ContextInput, room: MemoryRoom): MemoryParts {
  const { left, costs } = room;
  const needed = standsForSomething(input, room) ? input.summary : undefined;
  const summary = needed ? fitSummary(needed, room) : null;
  const facts = needed ? fitFacts(input, summary, room) : [];
  const noted = { summary, facts, hasNote: true };
  return { ...noted, hasNote: memoryPrice(noted, input.itemCount, costs) <= left };
}

/** @param omitted how many messages are not shown. */
export const memoryOf = ({ summary, facts, hasNote }: MemoryParts, omitted: number): Memory => ({
  summary: summary ?? undefined,
  facts,
  omitted: hasNote ? omitted : 0,
});

export const memoryPrice = (parts: MemoryParts, omitted: number, costs: Costs): number =>
  costs.memory(memoryText(memoryOf(parts, omitted)));

/** Not so when all that the summary covers is there verbatim; it never covers system items. */
function standsForSomething(input: ContextInput, { keptSeqs, omittedSystem }: MemoryRoom): boolean {
  const toSeq = coveredToSeq(input);
  let others = input.coveredCount;
  for (const seqs of [keptSeqs, omittedSystem]) {
    for (const seq of seqs.keys()) if (seq <= toSeq) others--;
  }
  return others > 0;
}

/**
 * Whole, or cut at a sentence end to at most half of what is left, so that a long summary does not
 * crowd out the recent items.
 */
function fitSummary(summary: Summary, { left, costs }: MemoryRoom): Summary | null {
  const fits = (text: string, limit: number) =>
    costs.memory(memoryText({ summary: { ...summary, text } })) <= limit;
  if (fits(summary.text, left)) return summary;
  const text = trimSentences(summary.text, (part) => fits(part, Math.floor(left / 2)));
  return text === undefined ? null : { ...summary, text, tokens: costs.count(text) };
}

/** The newest that fit, in seq order. */
function fitFacts(
  { facts, limits: { factsMaxTokens } }: ContextInput,
  summary: Summary | null,
  { keptSeqs, left, costs }: MemoryRoom,
): readonly Fact[] {
  const candidates = facts.filter(({ seq }) => !keptSeqs.has(seq)).sort((a, b) => a.seq - b.seq);
  const newest = candidates.at(-1);
  if (!newest) return [];
  const framed = memoryPrice({ summary, facts: [newest], hasNote: false }, 0, costs);
  let rest = left - framed;
  let allowed = factsMaxTokens;
  let from = candidates.length;
  for (const fact of candidates.toReversed()) {
    const tokens = costs.count(factLine(fact));
    if (fact !== newest) rest -= tokens;
    allowed -= tokens;
    if (rest < 0 || allowed < 0) break;
    from--;
  }
  return candidates.slice(from);
}
