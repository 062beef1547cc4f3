import { KIND, kindTable } from './character-kinds.ts';
import { cutBetween, TWENTIETHS } from './letter-pairs.ts';
import { astralCost, runCost } from './run-costs.ts';

/** The vocabulary has runs of up to this many spaces, newlines or tabs as one token. */
const BLANK_RUN = 31;
/** Repeated marks (`----`) are one token up to sixteen; counted as eight. */
const REPEATED_MARK = 1 / 8;
const MARK_AFTER_SPACE = 0.5;
/** After another mark: `"},{"` is cut seldom, `#%~^` nearly always. */
const NEXT_BRACKET = 0.4;
const NEXT_MARK = 0.8;

/** Twentieths of a cut that a Latin letter beyond a–z brings. */
const ACCENT_CUTS: Readonly<Record<number, number>> = {
  [KIND.western]: 11,
  [KIND.extended]: 10,
  [KIND.vietnamese]: 2,
};
/** Two in a row, as in Finnish `ää`, are hardly ever in one token. */
const SECOND_ACCENT = 16;
/** Cuts that the pairs of a common English word add up to without any of them being one. */
const UNCUT_TWENTIETHS = 2.4;
/** What is longer is no word, and cut as often as noise is. */
const LONGEST_WORD = 30;
const NOISE_CUT = 6;
const TOKENS_PER_TWENTIETH = 2.1 / TWENTIETHS;
/** Words in capitals are in the vocabulary more seldom. */
const CAPITAL_TOKENS_PER_TWENTIETH = 3.2 / TWENTIETHS;

/** In place of a letter's number: no letter before, or one beyond a–z. */
const NONE = -1;
const ACCENTED = -2;

/** Walks a text once and adds up what each word, number, mark and gap would cost. */
export class Scanner {
  readonly #text: string;
  readonly #kinds = kindTable();
  #at = 0;
  #tokens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Tokens of the whole text, not rounded. */
  scan(): number {
    while (this.#at < this.#text.length) this.#step(this.#kindAt(this.#at));
    return this.#tokens;
  }

  #kindAt(index: number): number {
    return index < 0 ? -1 : (this.#kinds[this.#text.charCodeAt(index)] ?? -1);
  }

  #step(kind: number): void {
    switch (kind) {
      case KIND.lower:
      case KIND.upper:
      case KIND.western:
      case KIND.extended:
      case KIND.vietnamese:
        this.#word();
        break;
      case KIND.space:
      case KIND.newline:
      case KIND.tab:
        this.#blanks(kind);
        break;
      case KIND.mark:
      case KIND.bracket:
        this.#marks();
        break;
      case KIND.surrogate:
        this.#surrogate();
        break;
      default:
        this.#run(kind);
    }
  }

  /** Moves past all characters of a kind and says how many they were. */
  #skip(kind: number): number {
    const from = this.#at;
    while (this.#kindAt(this.#at) === kind) this.#at += 1;
    return this.#at - from;
  }

  #run(kind: number): void {
    const cost = runCost(kind);
    const first = cost.joinsSpace && this.#isAfterOneSpace() ? 0 : cost.first;
    const more = this.#skip(kind) - 1 - cost.free;
    this.#tokens += first + (more > 0 ? more * cost.rate : 0);
  }

  /** A single space costs here and makes the first piece of the next word free. */
  #blanks(kind: number): void {
    this.#tokens += Math.ceil(this.#skip(kind) / BLANK_RUN);
  }

  #isAfterOneSpace(): boolean {
    const before = this.#at - 1;
    return this.#kindAt(before) === KIND.space && this.#kindAt(before - 1) !== KIND.space;
  }

  #marks(): void {
    this.#tokens += this.#isAfterOneSpace() ? MARK_AFTER_SPACE : 1;
    let previous = this.#text.charCodeAt(this.#at);
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const mark = this.#text.charCodeAt(this.#at);
      const kind = this.#kinds[mark];
      if (kind !== KIND.mark && kind !== KIND.bracket) return;
      const cost = kind === KIND.mark ? NEXT_MARK : NEXT_BRACKET;
      this.#tokens += mark === previous ? REPEATED_MARK : cost;
      previous = mark;
    }
  }

  /** Letters up to the next that is none, or to a capital after a small letter (`camelCase`). */
  #word(): void {
    if (!this.#isAfterOneSpace()) this.#tokens += 1;
    const from = this.#at;
    const capitals = this.#skip(KIND.upper);
    const isLower = this.#at < this.#text.length && isSmallLetter(this.#kindAt(this.#at));
    // In `JSONValue` the last capital belongs to the word that follows.
    const ownCapitals = isLower ? capitals - 1 : capitals;
    if (ownCapitals > 0) {
      this.#addCuts(this.#capitalCuts(from, ownCapitals), CAPITAL_TOKENS_PER_TWENTIETH);
      if (isLower) this.#tokens += 1;
    }
    if (isLower) this.#addCuts(this.#smallCuts(capitals > 0), TOKENS_PER_TWENTIETH);
  }

  #capitalCuts(from: number, length: number): number {
    let cuts = 0;
    for (let at = from + 1; at < from + length; at += 1) {
      cuts += cutBetween(this.#text.charCodeAt(at - 1) - 0x41, this.#text.charCodeAt(at) - 0x41);
    }
    return Math.max(cuts, (length - LONGEST_WORD) * NOISE_CUT);
  }

  #smallCuts(hasCapital: boolean): number {
    const from = this.#at;
    let previous = hasCapital ? this.#text.charCodeAt(this.#at - 1) - 0x41 : NONE;
    let cuts = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const unit = this.#text.charCodeAt(this.#at);
      const kind = this.#kinds[unit] ?? 0;
      if (!isSmallLetter(kind)) break;
      const letter = kind === KIND.lower ? unit - 0x61 : ACCENTED;
      if (letter === ACCENTED) cuts += ACCENT_CUTS[kind] ?? 0;
      if (letter === ACCENTED && previous === ACCENTED) cuts += SECOND_ACCENT;
      if (letter >= 0 && previous >= 0) cuts += cutBetween(previous, letter);
      previous = letter;
    }
    return Math.max(cuts, (this.#at - from - LONGEST_WORD) * NOISE_CUT);
  }

  #addCuts(twentieths: number, tokensPerTwentieth: number): void {
    const cuts = twentieths - UNCUT_TWENTIETHS;
    if (cuts > 0) this.#tokens += cuts * tokensPerTwentieth;
  }

  #surrogate(): void {
    const point = this.#text.codePointAt(this.#at) ?? 0;
    this.#at += point > 0xffff ? 2 : 1;
    this.#tokens += astralCost(point);
  }
}

const isSmallLetter = (kind: number): boolean =>
  kind === KIND.lower || (kind >= KIND.western && kind <= KIND.vietnamese);
