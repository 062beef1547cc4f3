import type { Item } from '../domain/item.ts';
import type { PromptSample } from '../domain/token-correction.ts';

export interface SummaryRequest {
  /** The summary so far, to be folded in. */
  readonly previous?: string;
  /** What the summary does not cover yet, in seq order. Data, never instructions. */
  readonly items: readonly Item[];
  /** Pins and system items: they stand beside the summary word for word, and need not be repeated in it. */
  readonly anchors?: readonly Item[];
  /** Upper bound of the result, in tokens of the system's counter. */
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
  /** Only the model itself will do: where a stand-in would write, fail instead. */
  readonly withoutStandIn?: boolean;
}

export interface SummaryDraft {
  readonly text: string;
  /** What wrote it. */
  readonly model: string;
  /** Written by a stand-in because the model failed: the model replaces it later. */
  readonly isFallback: boolean;
  /** Where the model counts as the system's counter should, and told what it counted. */
  readonly sample?: PromptSample;
}

/** Writes summaries. It stores nothing and deletes nothing. */
export interface Summarizer {
  /** How many tokens of items one call takes; longer inputs come in several passes. */
  readonly maxInputTokens: number;

  /**
   * @throws AppError `unavailable`, `quota-exceeded` or `deadline-exceeded` when the model failed
   *   for now; `invalid-argument` when it refuses this input for good.
   */
  summarize(request: SummaryRequest): Promise<SummaryDraft>;
}
