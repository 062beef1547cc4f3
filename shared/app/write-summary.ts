import type { Summary } from '../domain/head.ts';
import type { StoredItem } from '../domain/item.ts';
import { passesOf } from '../domain/passes.ts';
import { joined, type PromptSample } from '../domain/token-correction.ts';
import { giveWay } from '../kernel/give-way.ts';
import { utf8Bytes } from '../kernel/json.ts';
import type { Summarizer, SummaryDraft } from '../ports/summarizer.ts';

/** A longer range is summarised in several runs, so that each of them is bounded. */
export const MAX_FOLD_ITEMS = 1_000;
/** So is one of large items, where a part of it can stand alone. */
const MAX_FOLD_BYTES = 16 * 1_048_576;

/** Whether these are enough for one run, if a part of them can be folded without what follows. */
export const isLargeFold = (items: readonly StoredItem[]): boolean =>
  items.reduce((sum, { content }) => sum + utf8Bytes(content), 0) >= MAX_FOLD_BYTES;

export interface WriteSummaryDeps {
  readonly summarizer: Summarizer;
  readonly options: { readonly summaryMaxTokens: number };
}

interface Fold {
  /** The summary so far. */
  readonly base: Pick<Summary, 'text'> | undefined;
  /** What it does not cover: at least one, in seq order. */
  readonly items: readonly StoredItem[];
  /** What the head has of the anchors. */
  readonly anchors?: readonly StoredItem[];
  readonly signal: AbortSignal | undefined;
  readonly withoutStandIn?: boolean;
}

/** Folds in as many passes as the summariser's input takes, oldest items first. */
export async function writeSummary(
  { summarizer, options }: WriteSummaryDeps,
  { base, items, anchors = [], signal, withoutStandIn = false }: Fold,
): Promise<SummaryDraft> {
  let previous = base?.text;
  let isFallback = false;
  let draft: SummaryDraft | undefined;
  let sample: PromptSample | undefined;
  for (const pass of passesOf(items, summarizer.maxInputTokens)) {
    // A summariser without a model works without a pause: others have their turn between passes.
    if (draft) await giveWay();
    draft = await summarizer.summarize({
      items: pass,
      maxTokens: options.summaryMaxTokens,
      ...(previous === undefined ? {} : { previous }),
      ...(anchors.length > 0 ? { anchors } : {}),
      ...(signal ? { signal } : {}),
      ...(withoutStandIn ? { withoutStandIn } : {}),
    });
    previous = draft.text;
    isFallback ||= draft.isFallback;
    sample = joined(sample, draft.sample);
  }
  if (!draft) throw new TypeError('A fold holds at least one item');
  return { ...draft, isFallback, ...(sample ? { sample } : {}) };
}
