/** What the tokenizers of a kind of models may take beyond Gemma's. */
export interface Rates {
  /** Names the estimate. */
  readonly name: string;
  /** By how much another vocabulary may exceed Gemma's on any language that both know. */
  readonly margin: number;
  /** Hundredths of a token that each UTF-16 unit takes beyond the margin. */
  readonly hundredths: () => Uint8Array;
}

/** A table that is made at the first count: made at the start, it is milliseconds that nobody needs. */
export function onFirstUse(make: () => Uint8Array): () => Uint8Array {
  let table: Uint8Array | undefined;
  return () => (table ??= make());
}

/** First and last UTF-16 unit, and their hundredths. */
export type Row = readonly [first: number, last: number, hundredths: number];

/** A later row overrides an earlier one. */
export function tableOf(rows: readonly Row[]): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const [first, last, hundredths] of rows) table.fill(hundredths, first, last + 1);
  return table;
}
