/** No word of any language is that long; encoded data may be. */
const MAX_RUN = 512;

/** Runs that the encoding takes as one word: letters with their marks, blanks, other characters. */
const LONG_RUN = /[\p{L}\p{M}]{513,}|\s{513,}|[^\s\p{L}\p{M}\p{N}]{513,}/gu;

/**
 * The text in parts, cut only inside of runs of one kind of character that are longer than
 * `MAX_RUN`. `gpt-tokenizer` takes time with the square of a run's length: 35 s for 256 KiB of one
 * letter. A cut may change the count by a token.
 */
export function cutLongRuns(text: string): readonly string[] {
  if (text.length <= MAX_RUN) return [text];
  const parts: string[] = [];
  let from = 0;
  for (const { index, 0: run } of text.matchAll(LONG_RUN)) {
    const end = index + run.length;
    for (let at = index + MAX_RUN; at < end; at += MAX_RUN) {
      const isInsidePair = isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));
      const cut = isInsidePair ? at - 1 : at;
      parts.push(text.slice(from, cut));
      from = cut;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
