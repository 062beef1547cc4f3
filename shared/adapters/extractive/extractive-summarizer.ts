import type { Item } from '../../domain/item.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Summarizer, SummaryDraft, SummaryRequest } from '../../ports/summarizer.ts';
import type { TokenCounter } from '../../ports/token-counter.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { lexRank } from './lex-rank.ts';
import { type Ranked, type Room, selectLines } from './select-lines.ts';
import { substances } from './substance.ts';
import { unlessAnchored } from './unless-anchored.ts';
import { wordsOf, wordVectors } from './word-vectors.ts';

const MODEL = 'extractive-lexrank-v1';
/** Share of the new items' tokens that a summary should not exceed. */
const WISHED_SHARE = 0.4;
/** From so many tokens on, a summary is smaller than its input. */
const SHRINKS_FROM_TOKENS = 8;

/**
 * Summarises without a model: the sentences that are most like the others (LexRank), word for word but for
 * marks of Markdown and JSON, each with its seq and who said it. Offline and deterministic; what it quotes
 * gives no orders.
 */
export class ExtractiveSummarizer implements Summarizer {
  /** So many take 30 to 60 ms, measured on two shared cores. */
  readonly maxInputTokens = 8_000;
  readonly #counter: TokenCounter;

  constructor(counter: TokenCounter) {
    this.#counter = counter;
  }

  /** Throws `AppError` `deadline-exceeded` when `signal` is aborted. */
  async summarize({
    previous = '',
    items,
    anchors = [],
    maxTokens,
    signal,
  }: SummaryRequest): Promise<SummaryDraft> {
    assertInTime(signal);
    const ranked = rank(unlessAnchored(candidatesOf(previous, items), anchors));
    assertInTime(signal);
    const text = selectLines(ranked, this.#room(previous, items, maxTokens));
    return { text, model: MODEL, isFallback: false };
  }

  #room(previous: string, items: readonly Item[], maxTokens: number): Room {
    const previousTokens = this.#counter.count(previous);
    const itemTokens = this.#tokensOf(items);
    const inputTokens = previousTokens + itemTokens;
    const allowed =
      inputTokens < SHRINKS_FROM_TOKENS ? maxTokens : Math.min(maxTokens, inputTokens - 1);
    // What was summarised already is not asked to shrink once more: it would fade with every fold.
    const wished = Math.min(allowed, Math.floor(previousTokens + itemTokens * WISHED_SHARE));
    return { wished, allowed, count: (text) => this.#counter.count(text) };
  }

  /** By the counts stored with the items or by this counter, whichever is lower. */
  #tokensOf(items: readonly Item[]): number {
    const stored = items.reduce((sum, { tokens }) => sum + tokens, 0);
    const counted = items.reduce((sum, item) => sum + this.#counter.count(textOf(item)), 0);
    return Math.min(stored, counted);
  }
}

/** Likeness by its square root: it tells what a conversation is about, not what is worth knowing. */
function rank(candidates: readonly Candidate[]): Ranked[] {
  const texts = candidates.map(({ text }) => text);
  const words = texts.map(wordsOf);
  const vectors = wordVectors(words);
  const scores = lexRank(vectors);
  const substance = substances(texts, words);
  return candidates.map((candidate, index) => ({
    ...candidate,
    vector: vectors[index] ?? new Map(),
    score: Math.sqrt(scores[index] ?? 0) * (substance[index] ?? 0) * candidate.prior,
  }));
}

const textOf = ({ content, toolCalls = [] }: Item): string =>
  [content, ...toolCalls.map(({ name, arguments: args }) => name + JSON.stringify(args))].join(' ');

function assertInTime(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AppError('deadline-exceeded', 'The summary was aborted', { cause: signal.reason });
}
