import { EstimatingTokenCounter } from '../adapters/estimate/estimating-token-counter.ts';
import { SMALL_VOCABULARIES } from '../adapters/estimate/small-vocabularies.ts';
import { GemmaTokenCounter } from '../adapters/gemma/gemma-token-counter.ts';
import { OpenAiTokenCounter } from '../adapters/openai-tokens/openai-token-counter.ts';
import type { StrataOptions } from '../options.ts';
import type { TokenCounter } from '../ports/token-counter.ts';

const COUNTERS: Readonly<Record<StrataOptions['tokenCounter'], () => TokenCounter>> = {
  gemini: () => new GemmaTokenCounter(),
  openai: () => new OpenAiTokenCounter(),
  estimate: () => new EstimatingTokenCounter(new GemmaTokenCounter()),
  'estimate-100k': () => new EstimatingTokenCounter(new GemmaTokenCounter(), SMALL_VOCABULARIES),
};

/** The counter that the option names. What it needs is loaded at its first count, not before. */
export const tokenCounterFor = (name: StrataOptions['tokenCounter']): TokenCounter =>
  COUNTERS[name]();
