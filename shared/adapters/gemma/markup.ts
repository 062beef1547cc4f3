import type { Vocabulary } from './vocabulary.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** Finds the markup that is a token wherever it stands in a text: `<table>`, `<bos>`, `<unused7>`. */
export class Markup {
  readonly #names: ReadonlySet<string>;
  readonly #unusedCount: number;
  readonly #maxUnits: number;

  constructor({ markup, unusedCount }: Pick<Vocabulary, 'markup' | 'unusedCount'>) {
    this.#names = new Set(markup);
    this.#unusedCount = unusedCount;
    const names = [...markup, `<unused${unusedCount}>`];
    this.#maxUnits = Math.max(...names.map((name) => name.length));
  }

  /** The length of the markup token that starts here with `<` or `[`; 0 when there is none. */
  lengthAt(text: string, at: number): number {
    const opening = text.charCodeAt(at);
    const closing = opening === LESS ? GREATER : CLOSING_BRACKET;
    const end = Math.min(text.length, at + this.#maxUnits);
    for (let index = at + 1; index < end; index++) {
      const unit = text.charCodeAt(index);
      if (unit === opening) return 0;
      if (unit === closing) {
        const name = text.slice(at, index + 1);
        return this.#names.has(name) || this.#isUnused(name) ? name.length : 0;
      }
    }
    return 0;
  }

  #isUnused(name: string): boolean {
    const number = /^<unused(0|[1-9]\d{0,5})>$/.exec(name)?.[1];
    return number !== undefined && Number(number) < this.#unusedCount;
  }
}

/** Whether markup can start with this unit. */
export const opensMarkup = (unit: number): boolean => unit === LESS || unit === BRACKET;
