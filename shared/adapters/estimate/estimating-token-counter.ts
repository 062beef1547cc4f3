import { utf8Bytes } from '../../kernel/json.ts';
import type { TokenCounter } from '../../ports/token-counter.ts';
import { Scanner } from './scanner.ts';

/**
 * Estimates Gemini's tokens without its vocabulary, on the safe side: a context that is counted
 * too short overflows the model, one counted too long only wastes some of the budget.
 * How far it is off per kind of text stands in decision 0002.
 */
export class EstimatingTokenCounter implements TokenCounter {
  readonly name = 'estimate';

  count(text: string): number {
    // A tokenizer with byte fallback never needs more tokens than UTF-8 bytes.
    return Math.min(Math.ceil(new Scanner(text).scan()), utf8Bytes(text));
  }
}
