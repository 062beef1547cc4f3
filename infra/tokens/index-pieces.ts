import {
  extendHash,
  mixHash,
  PAIR_BITS,
  PLACE_BITS,
  pairBit,
  SLOT_BITS,
} from '../../shared/adapters/gemma/piece-hash.ts';
import { BLOCK_PIECES, type Vocabulary } from '../../shared/adapters/gemma/vocabulary.ts';

/** The tables in which `PieceIndex` finds `pieces`, given in the order of merging. */
export function indexPieces(
  pieces: readonly string[],
): Pick<Vocabulary, 'lengths' | 'blocks' | 'units' | 'slots' | 'pairs'> {
  const units: number[] = [];
  const blocks: number[] = [];
  const slots = new Int32Array(1 << SLOT_BITS);
  const pairs = new Uint8Array((1 << PAIR_BITS) / 8);
  pieces.forEach((piece, place) => {
    if (place % BLOCK_PIECES === 0) blocks.push(units.length);
    const own = unitsOf(piece);
    own.slice(1).forEach((unit, index) => {
      setBit(pairs, pairBit(own[index] ?? 0, unit));
    });
    units.push(...own);
    fillSlot(slots, mixHash(own.reduce(extendHash, 0)), place);
  });
  return {
    lengths: Uint8Array.from(pieces, ({ length }) => length),
    blocks: Uint32Array.from(blocks),
    units: Uint16Array.from(units),
    slots,
    pairs,
  };
}

export function setBit(bits: Uint8Array, bit: number): void {
  bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
}

const unitsOf = (text: string): number[] =>
  Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));

function fillSlot(slots: Int32Array, mixed: number, place: number): void {
  let slot = mixed >>> (32 - SLOT_BITS);
  while (slots[slot] !== 0) slot = (slot + 1) % slots.length;
  slots[slot] = (mixed << PLACE_BITS) | (place + 1);
}
