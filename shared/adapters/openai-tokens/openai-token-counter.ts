import { createRequire } from 'node:module';
import type { TokenCounter } from '../../ports/token-counter.ts';
import { cutLongRuns } from './cut-long-runs.ts';

type Encoding = Pick<typeof import('gpt-tokenizer/encoding/o200k_base'), 'countTokens'>;

/** Text is text: what looks like a control token is counted as the characters that it is made of. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

let encoding: Encoding | undefined;

/**
 * Counts as OpenAI's models from GPT-4o on do (o200k). The vocabulary is loaded at the first count,
 * once for the process: 70 MB and a sixth of a second that nobody else pays.
 */
export class OpenAiTokenCounter implements TokenCounter {
  readonly name = 'o200k';

  count(text: string): number {
    encoding ??= load();
    let tokens = 0;
    for (const part of cutLongRuns(text)) tokens += encoding.countTokens(part, AS_TEXT);
    return tokens;
  }
}

/** Not an import: that would load it with whatever knows this class, or make counting asynchronous. */
const load = (): Encoding =>
  createRequire(import.meta.url)('gpt-tokenizer/encoding/o200k_base') as Encoding;
