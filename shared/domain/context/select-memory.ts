import { fitFacts, tokensOfLines, toldIn } from '../facts/fact-lines.ts';
import { coveredToSeq, type Fact, type Summary } from '../head.ts';
import type { Costs } from './context-cost.ts';
import { EMPTY_MEMORY, FACTS_HEADING, memoryText, summaryHeading } from './memory-text.ts';
import type { ContextInput } from './selection.ts';
import { trimSentences } from './trim-sentences.ts';

/** What the memory message is made of. */
export interface MemoryParts {
  readonly summary: Summary | null;
  /** Those that stand there beside the summary. */
  readonly facts: readonly Fact[];
  /** Those that stand in the summary to the letter. */
  readonly told: readonly Fact[];
  /** There is room to say how many messages are not shown, where no summary stands for them. */
  readonly hasNote: boolean;
  /** With a summary: the message, which does not depend on what else is not shown. */
  readonly text: string | undefined;
}

export interface MemoryRoom {
  /** Items that stand in the context anyhow: their facts are not repeated. */
  readonly keptSeqs: ReadonlySet<number>;
  /** System items that do not: no summary tells of them. */
  readonly omittedSystem: ReadonlyMap<number, unknown>;
  /** Tokens that are left for all that comes after it, too. */
  readonly left: number;
  /** How many of them summary and facts may take. */
  readonly share: number;
  readonly costs: Costs;
}

/** Chooses the summary, then facts, then, without a summary, the note on what is not shown. */
export function selectMemory(input: ContextInput, room: MemoryRoom): MemoryParts {
  const { left, costs } = room;
  const needed = standsForSomething(input, room) ? input.summary : undefined;
  const summary = needed ? fitSummary(needed, input, room) : null;
  const { facts, told } = needed ? chooseFacts(input, summary, room) : { facts: [], told: [] };
  const text = summary ? memoryText({ summary, facts }) : undefined;
  const noted = { summary, facts, told, hasNote: true, text };
  return { ...noted, hasNote: memoryPrice(noted, input.itemCount, costs) <= left };
}

/** @param omitted how many messages are not shown. */
export const textOfMemory = (parts: MemoryParts, omitted: number): string | undefined =>
  parts.text ??
  memoryText({
    summary: parts.summary ?? undefined,
    facts: parts.facts,
    omitted: parts.hasNote ? omitted : 0,
  });

export const memoryPrice = (parts: MemoryParts, omitted: number, costs: Costs): number =>
  costs.memory(textOfMemory(parts, omitted));

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
 * Whole, or cut at a sentence end: half of the share of both is its own, and what the facts leave of
 * theirs.
 */
function fitSummary(
  summary: Summary,
  { facts, limits: { factsMaxTokens } }: ContextInput,
  { keptSeqs, share, costs }: MemoryRoom,
): Summary | null {
  const others = facts.filter(({ seq }) => !keptSeqs.has(seq));
  const lines = Math.min(factsMaxTokens, tokensOfLines(others, costs.count));
  const wanted = lines > 0 ? lines + costs.count(FACTS_HEADING) : 0;
  const limit = Math.max(Math.floor(share / 2), share - wanted);
  const frame = frameTokens(summary, costs);
  if (frame + summary.tokens <= limit) return summary;
  const fits = (text: string) => frame + costs.count(text) <= limit;
  const text = trimSentences(summary.text, fits);
  return text === undefined ? null : { ...summary, text, tokens: costs.count(text) };
}

/** What the memory message takes without the text of the summary and without facts. */
const frameTokens = (summary: Summary | null, costs: Costs): number =>
  costs.memory(EMPTY_MEMORY) + (summary ? costs.count(summaryHeading(summary)) : 0);

/** What the summary tells is not told again; of the others, the worthiest that fit, in seq order. */
function chooseFacts(
  { facts, limits: { factsMaxTokens } }: ContextInput,
  summary: Summary | null,
  { keptSeqs, share, costs }: MemoryRoom,
): Pick<MemoryParts, 'facts' | 'told'> {
  const isTold = toldIn(summary?.text ?? '');
  const told: Fact[] = [];
  const untold: Fact[] = [];
  for (const fact of facts) if (!keptSeqs.has(fact.seq)) (isTold(fact) ? told : untold).push(fact);
  const frame = frameTokens(summary, costs) + costs.count(FACTS_HEADING);
  const rest = share - frame - (summary?.tokens ?? 0);
  const maxTokens = Math.min(factsMaxTokens, rest);
  return { told, facts: fitFacts(untold, { maxTokens, count: costs.count }) };
}
