import { mergeShort, SHORT_CHARACTERS } from './merge-short.ts';
import { mergeWindows } from './merge-windows.ts';
import { extendHash, hashOfEnd, MAX_PIECE_UNITS } from './piece-hash.ts';
import { NO_PIECE, type PieceIndex } from './piece-index.ts';

const START_UNITS = 1_024;
/** A text without any place to cut takes more for a while, but not for ever. */
const KEPT_UNITS = 65_536;

/** A stretch of text that no merge leaves: it is counted for itself. */
export class Segment {
  readonly #index: PieceIndex;
  #units = new Uint16Array(START_UNITS);
  /** Of the units before each place. */
  #hashes = new Int32Array(START_UNITS + 1);
  /** Where characters start: a surrogate pair is one. */
  #starts = new Int32Array(START_UNITS + 1);
  #length = 0;
  #characters = 0;
  /** Tokens that characters take beyond one each because they are spelt in bytes. */
  #extraTokens = 0;

  constructor(index: PieceIndex) {
    this.#index = index;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Whether no merge joins this segment with what begins with `unit`. */
  endsBefore(unit: number): boolean {
    return !this.#index.canJoin(this.#units[this.#length - 1] ?? 0, unit);
  }

  /** Appends a character of one unit that takes `tokens` tokens as long as nothing merges with it. */
  push(unit: number, tokens: number): void {
    this.#starts[this.#characters++] = this.#length;
    this.#extraTokens += tokens - 1;
    this.#pushUnit(unit);
  }

  pushPair(high: number, low: number, tokens: number): void {
    this.push(high, tokens);
    this.#pushUnit(low);
  }

  #pushUnit(unit: number): void {
    const at = this.#length;
    if (at + 1 >= this.#units.length) this.#grow();
    this.#units[at] = unit;
    this.#hashes[at + 1] = extendHash(this.#hashes[at] ?? 0, unit);
    this.#length = at + 1;
  }

  #grow(): void {
    const size = this.#units.length * 2;
    const [units, hashes, starts] = [this.#units, this.#hashes, this.#starts];
    this.#units = new Uint16Array(size);
    this.#hashes = new Int32Array(size + 1);
    this.#starts = new Int32Array(size + 1);
    this.#units.set(units);
    this.#hashes.set(hashes);
    this.#starts.set(starts);
  }

  /** Counts the segment's tokens and empties it. */
  take(): number {
    if (this.#length === 0) return 0;
    const tokens = this.#countCharacters() + this.#extraTokens;
    this.#length = 0;
    this.#characters = 0;
    this.#extraTokens = 0;
    if (this.#units.length > KEPT_UNITS) this.#shrink();
    return tokens;
  }

  #shrink(): void {
    this.#units = new Uint16Array(START_UNITS);
    this.#hashes = new Int32Array(START_UNITS + 1);
    this.#starts = new Int32Array(START_UNITS + 1);
  }

  #countCharacters(): number {
    const count = this.#characters;
    if (count === 1) return 1;
    const length = this.#length;
    if (length <= MAX_PIECE_UNITS) {
      const place = this.#index.find(this.#units, 0, length, this.#hashes[length] ?? 0);
      if (place !== NO_PIECE && this.#index.isWhole(place)) return 1;
    }
    this.#starts[count] = length;
    const merge = count > SHORT_CHARACTERS ? mergeWindows : mergeShort;
    return merge(this.#starts, count, this.#keyOf);
  }

  /** The order of merging two parts is that of the piece `[from, to)` which they give together. */
  readonly #keyOf = (from: number, to: number): number => {
    const length = to - from;
    if (length > MAX_PIECE_UNITS) return NO_PIECE;
    const hash = hashOfEnd(this.#hashes[to] ?? 0, this.#hashes[from] ?? 0, length);
    return this.#index.find(this.#units, from, to, hash);
  };
}
