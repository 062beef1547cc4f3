import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { writeSummary } from '../app/write-summary.ts';
import { countOmitted, keptItems, type OmittedCounts } from '../domain/context/context-report.ts';
import { selectContext } from '../domain/context/select-context.ts';
import type { Selection } from '../domain/context/selection.ts';
import { countableText } from '../domain/formats/tokens.ts';
import { groupItems } from '../domain/group.ts';
import type { Summary } from '../domain/head.ts';
import type { SessionRef } from '../domain/ids.ts';
import { type ItemDraft, isAnchor, NO_ACCESSES, type StoredItem } from '../domain/item.ts';
import { refusalOf } from '../domain/summary-change.ts';
import { AppError } from '../kernel/app-error.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { type Logger, silentLogger } from '../kernel/logger.ts';
import type { StrataOptions } from '../options.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { readOptions } from './read-options.ts';
import { refusal } from './refusal.ts';
import { type SummarizerName, summarizerOf } from './summarizer-of.ts';
import { tokenCounterFor } from './token-counter-for.ts';
import type { Tuning } from './tuning.ts';

/** One message of a history: an item as it was read, or as it would be written. */
export interface HistoryItem extends ItemDraft {
  /** Names the message in summaries; its place in the history, counted from 1, when any lacks it. */
  readonly seq?: number;
  /** Counted when absent. */
  readonly tokens?: number;
}

export interface PruneRequest<T extends HistoryItem> extends Partial<SessionRef> {
  /** Oldest first. */
  readonly history: readonly T[];
}

export interface PrunedHistory<T extends HistoryItem = HistoryItem> {
  /** What is kept, the same objects in the same order. */
  readonly items: readonly T[];
  /** What stands for older messages; `null` where nothing does. */
  readonly summary: Pick<Summary, 'text' | 'fromSeq' | 'toSeq' | 'tokens' | 'model'> | null;
  /** The text of a message to put before the recent items: the summary, marked as memory. */
  readonly memory: string | null;
  /** Of items and memory together, an overhead for each message included. */
  readonly tokens: number;
  readonly omitted: OmittedCounts;
  /** Why there is no summary although one was due. */
  readonly failure?: AppError;
}

/** The seed's options with its defaults: 15 items, 4000 tokens, from 25 items on, 1000 tokens. */
export interface ContextPrunerOptions
  extends Pick<
    Tuning,
    | 'maxContextItems'
    | 'maxContextTokens'
    | 'summarizationThreshold'
    | 'summaryMaxTokens'
    | 'geminiProject'
    | 'geminiModel'
    | 'geminiLocation'
    | 'geminiSdk'
    | 'tokenCounter'
  > {
  /** Wins over Gemini's options. Default without those: the extractive one, offline. */
  readonly summarizer?: Summarizer | SummarizerName;
  /** Used instead of the one that `tokenCounter` names. */
  readonly counter?: TokenCounter;
  /** Tells the time. Default: the system's. */
  readonly clock?: Clock;
  /** Takes log lines; `jsonLogger` writes them. Default: none are written. */
  readonly log?: Logger;
}

const TAKEN: Readonly<Record<keyof ContextPrunerOptions, true>> = {
  maxContextItems: true,
  maxContextTokens: true,
  summarizationThreshold: true,
  summaryMaxTokens: true,
  geminiProject: true,
  geminiModel: true,
  geminiLocation: true,
  geminiSdk: true,
  tokenCounter: true,
  summarizer: true,
  counter: true,
  clock: true,
  log: true,
};

/**
 * The seed's `ContextPruner`: prunes a history that the caller holds. Pins and whole tool calls stay,
 * the newest messages are kept verbatim, a summary stands for older ones. It stores nothing.
 */
export class ContextPruner {
  readonly #options: StrataOptions;
  readonly #counter: TokenCounter;
  readonly #summarizer: Summarizer;
  readonly #clock: Clock;

  /** @throws AppError `invalid-argument` when an option is unknown, out of bounds or not available here. */
  constructor(given: ContextPrunerOptions = {}) {
    const { counter: own, clock = systemClock, log = silentLogger, summarizer = 'auto' } = given;
    this.#options = readOptions(given, TAKEN);
    const counter = own ?? tokenCounterFor(this.#options.tokenCounter);
    this.#counter = counter;
    this.#clock = clock;
    // No event comes again here: the stand-in writes at the first failure.
    const deps = { counter, log, meter: new InProcessMeter(), isRetried: false };
    this.#summarizer =
      typeof summarizer === 'string'
        ? summarizerOf({ ...this.#options, summarizer }, deps)
        : summarizer;
  }

  /**
   * Keeps the newest `maxContextItems` within `maxContextTokens`. Of more than
   * `summarizationThreshold` messages the older ones are summarised; where that fails, all that fits
   * is kept instead.
   *
   * @throws AppError `budget-too-small` when the pins alone do not fit; `invalid-argument` for what is
   *   no item.
   */
  async pruneConversationHistory<T extends HistoryItem>({
    history,
  }: PruneRequest<T>): Promise<PrunedHistory<T>> {
    const items = this.#itemsOf(history);
    const { maxContextItems: maxItems, maxContextTokens: budget } = this.#options;
    const bare = this.#select(items, { budget, maxItems });
    const isShort = items.length <= this.#options.summarizationThreshold;
    if (isShort || bare.stop === undefined) return pruned(history, items, bare);
    try {
      const older = olderThan(this.#selectBesideSummary(items, bare), items);
      const summary = await this.#summarize(older, items.filter(isAnchor));
      return pruned(history, items, this.#select(items, { budget, maxItems, summary }));
    } catch (thrown) {
      // Without a summary as much as fits is kept, and the caller is told why.
      const failure = AppError.from(thrown);
      return { ...pruned(history, items, this.#select(items, { budget })), failure };
    }
  }

  /**
   * Keeps pins and the newest messages that fit `tokenBudget`, without a summary.
   *
   * @throws AppError `budget-too-small` when the pins alone do not fit; `invalid-argument` when the
   *   budget is not a positive number.
   */
  async pruneByTokenBudget<T extends HistoryItem>({
    history,
    tokenBudget,
  }: PruneRequest<T> & { readonly tokenBudget: number }): Promise<PrunedHistory<T>> {
    if (!(tokenBudget > 0)) {
      throw refusal([{ path: 'tokenBudget', message: 'must be a positive number of tokens' }]);
    }
    const items = this.#itemsOf(history);
    return pruned(history, items, this.#select(items, { budget: tokenBudget }));
  }

  #itemsOf(history: readonly HistoryItem[]): readonly StoredItem[] {
    assertHistory(history);
    const nowMs = this.#clock.now();
    const isNumbered = history.every(({ seq = 0 }, index) => seq > (history[index - 1]?.seq ?? 0));
    return history.map(({ idempotencyKey: _, ...item }, index) => ({
      ...item,
      seq: isNumbered ? (item.seq ?? index + 1) : index + 1,
      createdAtMs: item.createdAtMs ?? nowMs,
      pinned: item.pinned ?? false,
      tokens: item.tokens ?? this.#counter.count(countableText(item)),
      tier: 'hot',
      accesses: NO_ACCESSES,
    }));
  }

  #select(items: readonly StoredItem[], limits: SelectLimits): Selection<StoredItem> {
    return selectContext({
      anchors: [],
      recent: items,
      fromSeq: 1,
      isWhole: true,
      itemCount: items.length,
      itemTokens: items.reduce((sum, { tokens }) => sum + tokens, 0),
      coveredCount: coveredCount(items, limits.summary),
      facts: [],
      format: 'raw',
      limits: { maxContextItems: this.#options.maxContextItems, factsMaxTokens: 0 },
      count: (text) => this.#counter.count(text),
      ...dropAbsent(limits),
    });
  }

  /** What stays verbatim when the summary gets its room first; where pins leave none, as without. */
  #selectBesideSummary(
    items: readonly StoredItem[],
    bare: Selection<StoredItem>,
  ): Selection<StoredItem> {
    const { maxContextItems: maxItems, maxContextTokens } = this.#options;
    const budget = maxContextTokens - this.#summaryTokens() - FRAME_TOKENS;
    try {
      return this.#select(items, { budget, maxItems });
    } catch (thrown) {
      if (AppError.from(thrown).code === 'budget-too-small') return bare;
      throw thrown;
    }
  }

  /** A summary takes at most half of the budget, whatever `summaryMaxTokens` allows. */
  #summaryTokens(): number {
    const { summaryMaxTokens, maxContextTokens } = this.#options;
    const half = Math.floor(maxContextTokens / 2) - FRAME_TOKENS;
    return Math.max(MIN_SUMMARY_TOKENS, Math.min(summaryMaxTokens, half));
  }

  /** @throws AppError when the summariser fails, or its summary is empty, too long or no shorter. */
  async #summarize(items: readonly StoredItem[], anchors: readonly StoredItem[]): Promise<Summary> {
    const maxTokens = this.#summaryTokens();
    const deps = { summarizer: this.#summarizer, options: { summaryMaxTokens: maxTokens } };
    const fold = { base: undefined, items, anchors, signal: undefined };
    const { sample: _, ...draft } = await writeSummary(deps, fold);
    const made = { ...draft, tokens: this.#counter.count(draft.text) };
    const inputTokens = items.reduce((sum, { tokens }) => sum + tokens, 0);
    const reason = refusalOf(made, inputTokens, maxTokens);
    if (reason) throw new AppError('internal', 'The summary was refused', { details: { reason } });
    const [fromSeq, toSeq] = [items[0]?.seq ?? 1, items.at(-1)?.seq ?? 1];
    return { ...made, fromSeq, toSeq, id: '', createdAtMs: this.#clock.now() };
  }
}

interface SelectLimits {
  readonly budget: number;
  readonly maxItems?: number;
  readonly summary?: Summary;
}

/** What the words around a summary in the memory message take, counted high. */
const FRAME_TOKENS = 64;
const MIN_SUMMARY_TOKENS = 16;

/** What a summary has to stand for: all that is left out up to the last group that is. */
function olderThan(
  selection: Selection<StoredItem>,
  items: readonly StoredItem[],
): readonly StoredItem[] {
  const kept = new Set(keptItems(selection).map(({ seq }) => seq));
  const isLeftOut = (item: StoredItem) => !kept.has(item.seq) && !isAnchor(item);
  const groups = groupItems(items).groups.map((group) => group.items);
  const toSeq = Math.max(...groups.filter((group) => group.every(isLeftOut)).map(lastSeqOf));
  return items.filter((item) => item.seq <= toSeq && isLeftOut(item));
}

/** @throws AppError `invalid-argument` for what a provider calls a message, for example. */
function assertHistory(history: readonly HistoryItem[]): void {
  if (!Array.isArray(history)) throw refusal([{ path: 'history', message: 'must be a list' }]);
  const index = history.findIndex((item) => !isItem(item));
  if (index < 0) return;
  throw refusal([{ path: `history.${index}`, message: 'must have a content and a contentType' }]);
}

const isItem = (item: Partial<HistoryItem> | null): boolean =>
  typeof item?.content === 'string' && typeof item.contentType === 'string';

const lastSeqOf = (items: readonly StoredItem[]): number => items.at(-1)?.seq ?? 0;

function pruned<T extends HistoryItem>(
  history: readonly T[],
  items: readonly StoredItem[],
  selection: Selection<StoredItem>,
): PrunedHistory<T> {
  const { summary, memory = null, tokens } = selection;
  const kept = new Set(keptItems(selection).map(({ seq }) => seq));
  return {
    items: history.filter((_, index) => kept.has(items[index]?.seq ?? 0)),
    summary: summary && summaryView(summary),
    memory,
    tokens,
    omitted: countOmitted(selection, {
      itemCount: items.length,
      coveredCount: coveredCount(items, summary),
    }),
  };
}

const coveredCount = (
  items: readonly StoredItem[],
  summary: Pick<Summary, 'toSeq'> | null | undefined,
): number => items.filter(({ seq }) => seq <= (summary?.toSeq ?? 0)).length;

const summaryView = ({ text, fromSeq, toSeq, tokens, model }: Summary) => ({
  ...{ text, fromSeq, toSeq, tokens, model },
});
