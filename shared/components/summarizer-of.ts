import { ExtractiveSummarizer } from '../adapters/extractive/extractive-summarizer.ts';
import { GEMINI_MAX_INPUT_TOKENS } from '../adapters/gemini/gemini-writer.ts';
import { lazy } from '../kernel/lazy.ts';
import type { StrataOptions } from '../options.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { SummarizerDeps, SummarizerOptions } from './open-gemini.ts';

/** A summariser of ours by name; `auto`: Gemini where a Gemini project is given. */
export type SummarizerName = StrataOptions['summarizer'];

/** A project in the environment alone decides nothing: it may be there for something else. */
export const usesGemini = ({ summarizer, geminiProject }: SummarizerOptions): boolean =>
  summarizer === 'gemini' || (summarizer === 'auto' && geminiProject !== '');

/** The summariser that the options name: Gemini with the extractive one as its stand-in, or that alone. */
export function summarizerOf(options: SummarizerOptions, deps: SummarizerDeps): Summarizer {
  const extractive = new ExtractiveSummarizer(deps.counter);
  if (!usesGemini(options)) return extractive;
  // Loaded with the first summary: the breaker takes 16 ms, an SDK 130 ms more (2026-11).
  const opened = lazy(async () =>
    (await import('./open-gemini.ts')).openGemini(options, extractive, deps),
  );
  return {
    maxInputTokens: GEMINI_MAX_INPUT_TOKENS,
    summarize: async (request) => (await opened()).summarize(request),
  };
}
