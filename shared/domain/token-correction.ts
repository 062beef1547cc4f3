/** A prompt that was counted here and by the model that read it. */
export interface PromptSample {
  /** The model as it names itself. */
  readonly model: string;
  /** By the system's counter, with what a format adds to its messages. */
  readonly countedTokens: number;
  /** What the model says that it read. */
  readonly chargedTokens: number;
}

/** What one model's prompts took of late, in hundredths of what was counted. */
export interface TokenCorrection {
  readonly model: string;
  /** The newest last. */
  readonly percents: readonly number[];
}

/** A head, as far as it matters here. */
export interface Corrected {
  /** Absent: nothing is known of it. */
  readonly correction?: TokenCorrection;
}

/**
 * Never below what was counted: a correction may waste budget, and must not exceed it. Never more
 * than a quarter above: the public vocabularies measured beside Gemini's differ from it by 17 % at most
 * (1 / 0.83 = 1.20; measured 2026-11), so that more is a fault of the figure, not of the text.
 */
const MIN_PERCENT = 100;
const MAX_PERCENT = 125;
/** Of so few tokens, the words around a turn that nobody publishes (about ten) are too large a share. */
const MIN_SAMPLE_TOKENS = 500;
/** Outside of these a figure does not speak of this prompt, and is not believed at all. */
const MIN_BELIEVED_PERCENT = 50;
const MAX_BELIEVED_PERCENT = 200;
/** Two false figures of five leave the median alone; after three new ones it follows a changed model. */
const KEPT_SAMPLES = 5;

/** What is known after one more prompt. Another model begins anew. */
export function learn(
  before: TokenCorrection | undefined,
  { model, countedTokens, chargedTokens }: PromptSample,
): TokenCorrection | undefined {
  const percent = Math.ceil((100 * chargedTokens) / countedTokens);
  const isBelieved =
    countedTokens >= MIN_SAMPLE_TOKENS &&
    percent >= MIN_BELIEVED_PERCENT &&
    percent <= MAX_BELIEVED_PERCENT;
  if (!isBelieved) return before;
  const earlier = before?.model === model ? before.percents : [];
  return { model, percents: [...earlier, percent].slice(-KEPT_SAMPLES) };
}

/** The two prompts as one; the model is the later one's. */
export const joined = (a: PromptSample | undefined, b: PromptSample | undefined) =>
  a && b
    ? {
        model: b.model,
        countedTokens: a.countedTokens + b.countedTokens,
        chargedTokens: a.chargedTokens + b.chargedTokens,
      }
    : (b ?? a);

/**
 * Hundredths that a counted token takes of a budget, 100 to 125: the median of the samples, of an even
 * number the upper one. It stands in the head and changes with a summary alone, so that every instance
 * assembles the same context, and the same one until then.
 */
export function percentOf({ correction }: Corrected): number {
  if (!correction) return MIN_PERCENT;
  const sorted = correction.percents.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? MIN_PERCENT;
  return Math.min(MAX_PERCENT, Math.max(MIN_PERCENT, median));
}

/** How many counted tokens a budget buys. */
export const spendable = (budget: number, percent: number): number =>
  Math.floor((budget * 100) / percent);

/** What counted tokens take of a budget. What is `spendable` never takes more than the budget. */
export const charged = (tokens: number, percent: number): number =>
  Math.ceil((tokens * percent) / 100);

/** The same limits with the context's budget in counted tokens. */
export const inCountedTokens = <L extends { readonly maxContextTokens: number }>(
  limits: L,
  head: Corrected,
): L => ({ ...limits, maxContextTokens: spendable(limits.maxContextTokens, percentOf(head)) });
