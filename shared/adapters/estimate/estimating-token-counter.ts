import { utf8Bytes } from '../../kernel/json.ts';
import type { TokenCounter } from '../../ports/token-counter.ts';
import { LARGE_VOCABULARIES } from './large-vocabularies.ts';
import type { Rates } from './rates.ts';
import { surchargeOf } from './surcharges.ts';

/** Runs of blanks are the same everywhere, or fewer tokens: a token for up to so many. */
const BLANK_RUNS = / {2,31}|\n{1,31}|\t{1,31}/g;
/** Less than a token, and more than what adding fractions is off by. */
const ROUNDING = 1e-6;

/**
 * Estimates the tokens of models whose vocabulary is not at hand, on the safe side: a context that is
 * counted too short overflows the model, one counted too long only wastes some of the budget. It
 * begins with the count of a large vocabulary, Gemma's, and adds what others need more.
 * How far it is off per kind of text stands in decision 0002.
 */
export class EstimatingTokenCounter implements TokenCounter {
  readonly name: string;
  readonly #gemma: TokenCounter;
  readonly #rates: Rates;

  /** @param gemma counts as Gemma's tokenizer does. */
  constructor(gemma: TokenCounter, rates: Rates = LARGE_VOCABULARIES) {
    this.name = rates.name;
    this.#gemma = gemma;
    this.#rates = rates;
  }

  count(text: string): number {
    if (text === '') return 0;
    const blanks = text.match(BLANK_RUNS)?.length ?? 0;
    const others = Math.max(0, this.#gemma.count(text) - blanks);
    const { margin, hundredths } = this.#rates;
    const tokens = blanks + others * margin + surchargeOf(text, hundredths());
    // A tokenizer with byte fallback never needs more tokens than UTF-8 bytes.
    return Math.min(Math.ceil(tokens - ROUNDING), utf8Bytes(text));
  }
}
