/** Counts model tokens. Pure, synchronous and linear in the text's length. */
export interface TokenCounter {
  /** Names the way of counting, so that a count can be traced. */
  readonly name: string;
  count(text: string): number;
}
