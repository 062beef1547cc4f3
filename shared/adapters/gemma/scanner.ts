import { type Markup, opensMarkup } from './markup.ts';
import type { PieceIndex } from './piece-index.ts';
import { Segment } from './segment.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
/** What stands for a space inside the vocabulary, and may stand in a text as well. */
const BLANK = 0x2581;
/** Runs of blanks, line feeds or tabs are tokens up to this length. */
const MAX_RUN = 31;

/**
 * Cuts a text where no merge can cross and counts the parts. There are such places around markup,
 * line feeds and tabs, which are tokens before anything is merged, around runs of blanks, which are
 * merged before anything else, and between any two characters that no piece has side by side: before
 * most words, around digits, between scripts.
 */
export class Scanner {
  readonly #index: PieceIndex;
  readonly #markup: Markup;
  readonly #segment: Segment;
  #tokens = 0;

  constructor(index: PieceIndex, markup: Markup) {
    this.#index = index;
    this.#markup = markup;
    this.#segment = new Segment(index);
  }

  count(text: string): number {
    this.#tokens = 0;
    for (let at = 0; at < text.length; ) at = this.#step(text, at);
    return this.#tokens + this.#segment.take();
  }

  /** Takes what stands at a place. Answers with the place after it. */
  #step(text: string, at: number): number {
    const unit = text.charCodeAt(at);
    if (unit === SPACE || unit === BLANK) return this.#takeBlanks(text, at, unit);
    if (unit === LINE_FEED || unit === TAB) {
      const run = runAt(text, at, unit);
      this.#takeWhole(Math.ceil(run / MAX_RUN));
      return at + run;
    }
    const length = opensMarkup(unit) ? this.#markup.lengthAt(text, at) : 0;
    if (length > 0) {
      this.#takeWhole(1);
      return at + length;
    }
    return this.#takeCharacter(text, at, unit);
  }

  /** Tokens that merge with nothing around them. */
  #takeWhole(tokens: number): void {
    this.#tokens += this.#segment.take() + tokens;
  }

  #cutBefore(unit: number): void {
    const segment = this.#segment;
    if (!segment.isEmpty && segment.endsBefore(unit)) this.#tokens += segment.take();
  }

  /** A run is cut into tokens from the left; a single blank that remains belongs to what follows. */
  #takeBlanks(text: string, at: number, unit: number): number {
    const isRaw = unit === BLANK && text.charCodeAt(at + 1) === BLANK;
    const run = isRaw ? runAt(text, at, BLANK) : blanksAt(text, at);
    const single = run % MAX_RUN === 1 ? 1 : 0;
    if (run > single) this.#takeWhole(Math.ceil((run - single) / MAX_RUN));
    // What remains of a raw run counts as text, which other blanks may follow.
    if (single === 1 && isRaw) return at + run - 1;
    if (single === 1) {
      this.#cutBefore(BLANK);
      this.#segment.push(BLANK, 1);
    }
    return at + run;
  }

  #takeCharacter(text: string, at: number, unit: number): number {
    this.#cutBefore(unit);
    const segment = this.#segment;
    if (unit < 0x80) {
      segment.push(unit, 1);
      return at + 1;
    }
    if (isPairAt(text, at, unit)) {
      const isKnown = this.#index.isCharacter(text.codePointAt(at) ?? 0);
      segment.pushPair(unit, text.charCodeAt(at + 1), isKnown ? 1 : 4);
      return at + 2;
    }
    segment.push(unit, this.#index.isCharacter(unit) ? 1 : utf8BytesOf(unit));
    return at + 1;
  }
}

const utf8BytesOf = (unit: number): number => (unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3);

const isPairAt = (text: string, at: number, unit: number): boolean =>
  (unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;

function runAt(text: string, at: number, unit: number): number {
  let end = at + 1;
  while (end < text.length && text.charCodeAt(end) === unit) end++;
  return end - at;
}

/** Spaces and single blanks; two raw blanks in a row are a token before spaces become blanks. */
function blanksAt(text: string, at: number): number {
  let end = at + 1;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === SPACE) continue;
    if (unit !== BLANK || text.charCodeAt(end + 1) === BLANK) break;
  }
  return end - at;
}
