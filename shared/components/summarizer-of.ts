import { ExtractiveSummarizer } from '../adapters/extractive/extractive-summarizer.ts';
import { GEMINI_MAX_INPUT_TOKENS, type GeminiOptions } from '../adapters/gemini/gemini-writer.ts';
import { GenAiSummarizer } from '../adapters/gemini/genai-summarizer.ts';
import { openGenAi } from '../adapters/gemini/open-genai.ts';
import { openVertex } from '../adapters/gemini/open-vertex.ts';
import { VertexSummarizer } from '../adapters/gemini/vertex-summarizer.ts';
import { fallbackSummarizer } from '../adapters/layered/fallback-summarizer.ts';
import { METRICS } from '../domain/metric-names.ts';
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

/** A summariser of ours by name; `auto`: Gemini where a Gemini project is given. */
export type SummarizerName = StrataOptions['summarizer'];

export interface SummarizerDeps {
  readonly counter: TokenCounter;
  readonly meter: Meter;
  readonly log: Logger;
  /** Whether a failed summary is asked for again by event. Default `true`. */
  readonly isRetried?: boolean;
}

/** A project in the environment alone decides nothing: it may be there for something else. */
export const usesGemini = ({ summarizer, geminiProject }: SummarizerOptions): boolean =>
  summarizer === 'gemini' || (summarizer === 'auto' && geminiProject !== '');

/** The summariser that the options name: Gemini with the extractive one as its stand-in, or that alone. */
export function summarizerOf(options: SummarizerOptions, deps: SummarizerDeps): Summarizer {
  const extractive = new ExtractiveSummarizer(deps.counter);
  if (!usesGemini(options)) return extractive;
  return fallbackSummarizer(geminiOf(options, deps), extractive, deps);
}

/** Opens its client with the first summary: until then nothing of an SDK is loaded. */
function geminiOf(options: SummarizerOptions, { counter, meter }: SummarizerDeps): Summarizer {
  const onUsage: GeminiOptions['onUsage'] = ({ promptTokens, outputTokens, thoughtTokens }) => {
    const kinds = { prompt: promptTokens, output: outputTokens, thought: thoughtTokens };
    for (const [kind, tokens] of Object.entries(kinds)) {
      meter.count(METRICS.modelTokens.name, tokens, { kind });
    }
  };
  const place = { project: options.geminiProject, location: options.geminiLocation };
  const given = { model: options.geminiModel, counter, onUsage };
  const opened = lazy(async () =>
    options.geminiSdk === 'genai'
      ? new GenAiSummarizer(await openGenAi(place), given)
      : new VertexSummarizer(await openVertex(place), given),
  );
  return {
    maxInputTokens: GEMINI_MAX_INPUT_TOKENS,
    summarize: async (request) => (await opened()).summarize(request),
  };
}
