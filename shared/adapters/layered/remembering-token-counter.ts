import { LRUCache } from 'lru-cache';
import { sha256 } from '../../kernel/key.ts';
import { roomFor } from '../../kernel/room-for.ts';
import type { TokenCounter } from '../../ports/token-counter.ts';

export interface RememberingOptions {
  /** How many counts are remembered. Default: 4,096, well below 1 MiB. */
  readonly maxTexts?: number;
}

const DEFAULT_MAX_TEXTS = 4_096;
/** Counting a shorter text takes no longer than looking it up. */
const WORTH_UNITS = 128;

/**
 * A counter that remembers what it counted. For texts that come again and again: the memory message
 * of a session is the same from one summary to the next, and counting it takes longer than all the
 * rest of a context. It keeps digests, no text: nothing in here outlives an erasure.
 */
export class RememberingTokenCounter implements TokenCounter {
  readonly name: string;
  readonly #counter: TokenCounter;
  readonly #counts: LRUCache<string, number>;

  constructor(counter: TokenCounter, { maxTexts = DEFAULT_MAX_TEXTS }: RememberingOptions = {}) {
    this.name = counter.name;
    this.#counter = counter;
    this.#counts = new LRUCache(roomFor(maxTexts));
  }

  count(text: string): number {
    // Half of a surrogate pair has no UTF-8: texts that differ in one would share a digest.
    if (text.length < WORTH_UNITS || !text.isWellFormed()) return this.#counter.count(text);
    const digest = sha256(text);
    const known = this.#counts.get(digest);
    if (known !== undefined) return known;
    const tokens = this.#counter.count(text);
    this.#counts.set(digest, tokens);
    return tokens;
  }
}
