import { overheadOf } from '../../domain/formats/overhead.ts';
import { countableText } from '../../domain/formats/tokens.ts';
import type { PromptSample } from '../../domain/token-correction.ts';
import { AppError } from '../../kernel/app-error.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { SummaryDraft, SummaryRequest } from '../../ports/summarizer.ts';
import type { TokenCounter } from '../../ports/token-counter.ts';
import type { GeminiCall, GeminiResponse } from './gemini-api.ts';
import { geminiError } from './gemini-error.ts';
import { settingsOf } from './model-settings.ts';
import { PROMPT_VERSION, promptOf } from './prompt.ts';
import { readSummary } from './read-response.ts';

/** What a call took, by Gemini's own count. */
export interface GeminiUsage {
  readonly model: string;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly thoughtTokens: number;
}

export interface GeminiOptions {
  /** For example `gemini-3.5-flash`. */
  readonly model: string;
  readonly counter: TokenCounter;
  /** The counter counts Gemini's tokens: what Gemini counted can correct it. Default `false`. */
  readonly countsForGemini?: boolean;
  /** A call that takes longer counts as failed. Default: one minute. */
  readonly timeoutMs?: number;
  readonly onUsage?: (usage: GeminiUsage) => void;
}

/**
 * Far below what the model takes (1,048,576): a call of this size ends well within a minute, and a
 * failed one does not cost much to repeat.
 */
export const GEMINI_MAX_INPUT_TOKENS = 100_000;

/** Calls the model through one of the SDKs. It may ignore `signal`, and throw what it likes. */
export type Generate = (call: GeminiCall, signal: AbortSignal) => Promise<GeminiResponse>;

/** What both adapters have in common: from a request for a summary to its draft, by one call. */
export async function writeSummary(
  request: SummaryRequest,
  { model, counter, countsForGemini = false, timeoutMs = MINUTE_MS, onUsage }: GeminiOptions,
  generate: Generate,
): Promise<SummaryDraft> {
  const call = callOf(request, model, counter);
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  const response = await answerOf(call, { model, signal }, generate);
  const usage = usageOf(response, model);
  onUsage?.(usage);
  const fits = (text: string) => counter.count(text) <= request.maxTokens;
  const draft = {
    text: readSummary(response, fits),
    model: `${usage.model} (prompt ${PROMPT_VERSION})`,
    isFallback: false,
  };
  const isTold = countsForGemini && usage.promptTokens > 0;
  return isTold ? { ...draft, sample: sampleOf(usage, call, counter) } : draft;
}

function callOf(request: SummaryRequest, model: string, counter: TokenCounter): GeminiCall {
  const items = request.items.reduce((sum, item) => sum + counter.count(countableText(item)), 0);
  const previous = counter.count(request.previous ?? '');
  return {
    ...promptOf(request, { previous, items }),
    config: settingsOf(model, request.maxTokens),
  };
}

async function answerOf(
  call: GeminiCall,
  where: { readonly model: string; readonly signal: AbortSignal },
  generate: Generate,
): Promise<GeminiResponse> {
  const { signal } = where;
  if (signal.aborted) throw geminiError(signal.reason, where);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    // Not every SDK takes a signal: the caller gets its answer in time with any of them.
    const response = await Promise.race([generate(call, signal), aborted]);
    if (typeof response === 'object' && response !== null) return response;
    throw new AppError('unavailable', 'Gemini answered with something else than an object');
  } catch (thrown) {
    throw geminiError(thrown, where);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const usageOf = ({ usageMetadata, modelVersion }: GeminiResponse, model: string): GeminiUsage => ({
  model: modelVersion ?? model,
  promptTokens: usageMetadata?.promptTokenCount ?? 0,
  outputTokens: usageMetadata?.candidatesTokenCount ?? 0,
  thoughtTokens: usageMetadata?.thoughtsTokenCount ?? 0,
});

/** The same prompt by our count, with what the format adds to two turns. */
function sampleOf(
  { model, promptTokens }: GeminiUsage,
  { systemInstruction, prompt }: GeminiCall,
  counter: TokenCounter,
): PromptSample {
  const overhead = overheadOf('gemini');
  const texts = counter.count(systemInstruction) + counter.count(prompt);
  const countedTokens = overhead.prompt + 2 * overhead.message + texts;
  return { model, countedTokens, chargedTokens: promptTokens };
}
