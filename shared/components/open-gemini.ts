import { GEMINI_MAX_INPUT_TOKENS, type GeminiOptions } from '../adapters/gemini/gemini-writer.ts';
import { GenAiSummarizer } from '../adapters/gemini/genai-summarizer.ts';
import { openGenAi } from '../adapters/gemini/open-genai.ts';
import { openVertex } from '../adapters/gemini/open-vertex.ts';
import { VertexSummarizer } from '../adapters/gemini/vertex-summarizer.ts';
import { GEMMA_COUNTER } from '../adapters/gemma/gemma-token-counter.ts';
import { fallbackSummarizer } from '../adapters/layered/fallback-summarizer.ts';
import { isTracingRegistered } from '../adapters/opentelemetry/is-registered.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { modelCostUsd } from '../domain/metrics/prices.ts';
import { lazy } from '../kernel/lazy.ts';
import type { Logger } from '../kernel/logger.ts';
import type { StrataOptions } from '../options.ts';
import type { Meter } from '../ports/meter.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';

export type SummarizerOptions = Pick<
  StrataOptions,
  'summarizer' | 'geminiModel' | 'geminiProject' | 'geminiLocation' | 'geminiSdk'
>;

export interface SummarizerDeps {
  readonly counter: TokenCounter;
  readonly meter: Meter;
  readonly log: Logger;
  /** Whether a failed summary is asked for again by event. Default `true`. */
  readonly isRetried?: boolean;
}

/** Gemini, and `standIn` where it fails. Its client is opened by the first summary. */
export const openGemini = (
  options: SummarizerOptions,
  standIn: Summarizer,
  deps: SummarizerDeps,
): Summarizer => fallbackSummarizer(geminiOf(options, deps), standIn, deps);

function geminiOf(options: SummarizerOptions, { counter, meter }: SummarizerDeps): Summarizer {
  const { geminiModel: model } = options;
  const place = { project: options.geminiProject, location: options.geminiLocation };
  const countsForGemini = counter.name === GEMMA_COUNTER;
  // Inside the breaker: a client that cannot be opened is a failure of the model like any other.
  const opened = lazy(async () => {
    const tracing = isTracingRegistered() ? await import('./traced-model.ts') : undefined;
    const count = usageCounter(meter);
    const onUsage: GeminiOptions['onUsage'] = (usage) => {
      count(usage);
      tracing?.noteUsage(usage);
    };
    const given = { model, counter, countsForGemini, onUsage };
    const summarizer =
      options.geminiSdk === 'genai'
        ? new GenAiSummarizer(await openGenAi(place), given)
        : new VertexSummarizer(await openVertex(place), given);
    return tracing ? tracing.tracedModel(summarizer, model) : summarizer;
  });
  return {
    maxInputTokens: GEMINI_MAX_INPUT_TOKENS,
    summarize: async (request) => (await opened()).summarize(request),
  };
}

const usageCounter =
  (meter: Meter): NonNullable<GeminiOptions['onUsage']> =>
  ({ model, ...usage }) => {
    const { promptTokens: prompt, outputTokens: output, thoughtTokens: thought } = usage;
    const kinds = { prompt, output, thought };
    for (const [kind, tokens] of Object.entries(kinds)) {
      meter.count(METRICS.modelTokens, tokens, { model, kind });
    }
    const costUsd = modelCostUsd({ model, inputTokens: prompt, outputTokens: output + thought });
    if (costUsd !== undefined) meter.count(METRICS.modelCost, costUsd, { model });
  };
