import { mixHash, PLACE_BITS, pairBit, SLOT_BITS } from './piece-hash.ts';
import { BLOCK_PIECES, CUT, type Vocabulary } from './vocabulary.ts';

/** `find` answers so when there is no such piece. Greater than every place in the order. */
export const NO_PIECE = 0x7fffffff;

const SLOT_MASK = (1 << SLOT_BITS) - 1;
const PLACE_MASK = (1 << PLACE_BITS) - 1;

/** Finds pieces in an open hash table with linear probing; most misses are seen by the slot alone. */
export class PieceIndex {
  readonly #lengths: Uint8Array;
  readonly #blocks: Uint32Array;
  readonly #units: Uint16Array;
  readonly #slots: Int32Array;
  readonly #pairs: Uint8Array;
  readonly #characters: Uint8Array;

  constructor(vocabulary: Omit<Vocabulary, 'markup' | 'unusedCount'>) {
    this.#lengths = vocabulary.lengths;
    this.#blocks = vocabulary.blocks;
    this.#units = vocabulary.units;
    this.#slots = vocabulary.slots;
    this.#pairs = vocabulary.pairs;
    this.#characters = vocabulary.characters;
  }

  /** The place in the order of merging of the piece `units[from…to)`, or `NO_PIECE`. */
  find(units: Uint16Array, from: number, to: number, hash: number): number {
    const slots = this.#slots;
    const mixed = mixHash(hash);
    const tag = mixed << PLACE_BITS;
    for (let slot = mixed >>> (32 - SLOT_BITS); ; slot = (slot + 1) & SLOT_MASK) {
      const entry = slots[slot] ?? 0;
      if (entry === 0) return NO_PIECE;
      if ((entry & ~PLACE_MASK) !== tag) continue;
      const place = (entry & PLACE_MASK) - 1;
      if (this.#isAt(place, units, from, to)) return place;
    }
  }

  #isAt(place: number, units: Uint16Array, from: number, to: number): boolean {
    const lengths = this.#lengths;
    if (((lengths[place] ?? 0) & ~CUT) !== to - from) return false;
    let at = this.#blocks[Math.floor(place / BLOCK_PIECES)] ?? 0;
    for (let before = place - (place % BLOCK_PIECES); before < place; before++) {
      at += (lengths[before] ?? 0) & ~CUT;
    }
    const own = this.#units;
    for (let index = from; index < to; index++, at++) {
      if (units[index] !== own[at]) return false;
    }
    return true;
  }

  /** Whether the text of the piece at this place is one token when it stands alone. */
  isWhole(place: number): boolean {
    return ((this.#lengths[place] ?? 0) & CUT) === 0;
  }

  /** `false` when no piece has these two units side by side: no merge crosses there. */
  canJoin(left: number, right: number): boolean {
    return hasBit(this.#pairs, pairBit(left, right));
  }

  /** Whether a code point is a token; if not it is spelt in the bytes of its UTF-8. */
  isCharacter(codePoint: number): boolean {
    return hasBit(this.#characters, codePoint);
  }
}

const hasBit = (bits: Uint8Array, bit: number): boolean =>
  ((bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
