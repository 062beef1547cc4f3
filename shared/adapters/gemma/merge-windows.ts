import { type KeyOf, mergeLong } from './merge-long.ts';
import { mergeShort, SHORT_CHARACTERS } from './merge-short.ts';

/** Where windows of one size do not meet, those of the next are tried; then all is merged at once. */
const WINDOW_CHARACTERS = [SHORT_CHARACTERS, 1_024];
/** Characters of a window that the next one looks at again, as a share of it. */
const OVERLAP = 4;

/** The merged tokens of a part of a segment. */
interface Window {
  /** Starts of its tokens and, after them, its end. */
  readonly tokens: Int32Array;
  /** How many tokens. */
  left: number;
  /** Its first character, and the one after its last. */
  from: number;
  to: number;
}

/**
 * Counts the tokens of a long segment in windows, so that the time grows with its length alone.
 *
 * It is exact: a row of tokens is what a text merges to if, and only if, each two neighbours are what
 * the two of them merge to (until the first merge across their border, what happens between the outer
 * borders of two tokens is what happens when they stand alone). Two windows that have one token in
 * common, at the same place, therefore make one row: the first one's tokens up to it, the second one's
 * from it on. For the theorem (2024) see
 * https://github.blog/ai-and-ml/llms/so-many-tokens-so-little-time-introducing-a-faster-more-flexible-byte-pair-tokenizer
 *
 * @param starts as for `mergeLong`; used up.
 */
export function mergeWindows(starts: Int32Array, count: number, keyOf: KeyOf): number {
  for (const size of WINDOW_CHARACTERS) {
    const tokens = count > size ? countIn(size, starts, count, keyOf) : undefined;
    if (tokens !== undefined) return tokens;
  }
  return mergeLong(starts, count, keyOf);
}

/** `undefined` where two windows have no token in common. */
function countIn(
  size: number,
  starts: Int32Array,
  count: number,
  keyOf: KeyOf,
): number | undefined {
  let [window, next] = [emptyWindow(size), emptyWindow(size)];
  const read = (into: Window, from: number) => {
    into.from = from;
    into.to = Math.min(count, from + size);
    const characters = into.to - from;
    into.tokens.set(starts.subarray(from, into.to + 1));
    const merge = characters > SHORT_CHARACTERS ? mergeLong : mergeShort;
    into.left = merge(into.tokens, characters, keyOf);
  };
  read(window, 0);
  let tokens = 0;
  /** The window's first token that is not counted yet. */
  let first = 0;
  while (window.to < count) {
    const again = startsBefore(window, starts[window.to - size / OVERLAP] ?? 0);
    if (again <= first) return undefined;
    read(next, characterAt(starts, window.from, window.tokens[again] ?? 0));
    let mine = again;
    let its = 0;
    while (!isSameToken(window.tokens, mine, next.tokens, its)) {
      if ((window.tokens[mine] ?? 0) <= (next.tokens[its] ?? 0)) mine++;
      else its++;
      if (mine >= window.left || its >= next.left) return undefined;
    }
    tokens += mine + 1 - first;
    first = its + 1;
    [window, next] = [next, window];
  }
  return tokens + window.left - first;
}

const emptyWindow = (size: number): Window => ({
  tokens: new Int32Array(size + 1),
  left: 0,
  from: 0,
  to: 0,
});

/** The last of a window's tokens that starts at a place or before it. */
function startsBefore({ tokens, left }: Window, place: number): number {
  let at = left - 1;
  while (at > 0 && (tokens[at] ?? 0) > place) at--;
  return at;
}

/** The number of the character that starts at a place, not before `from`. */
function characterAt(starts: Int32Array, from: number, place: number): number {
  let at = from;
  while ((starts[at] ?? place) < place) at++;
  return at;
}

const isSameToken = (a: Int32Array, inA: number, b: Int32Array, inB: number): boolean =>
  a[inA] === b[inB] && a[inA + 1] === b[inB + 1];
