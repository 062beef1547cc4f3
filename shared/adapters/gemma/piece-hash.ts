/** The longest piece in UTF-16 units. */
export const MAX_PIECE_UNITS = 31;

export const SLOT_BITS = 19;
/** A slot's lower bits are a piece's place plus 1, its upper bits are the lower ones of the hash. */
export const PLACE_BITS = 18;
export const PAIR_BITS = 20;

/** Odd, so that no unit's bits are lost on the way up. */
const FACTOR = 0x01000193;

/** `FACTOR` to the power of the index. */
const POWERS = new Int32Array(MAX_PIECE_UNITS + 1).fill(1);
for (let index = 1; index < POWERS.length; index++) {
  POWERS[index] = Math.imul(POWERS[index - 1] ?? 1, FACTOR);
}

/** The hash of a text and one more unit. The hash of nothing is 0. */
export const extendHash = (hash: number, unit: number): number =>
  (Math.imul(hash, FACTOR) + unit) | 0;

/** The hash of the last `length` units of a text, from those of the text and of what is before them. */
export const hashOfEnd = (whole: number, before: number, length: number): number =>
  (whole - Math.imul(before, POWERS[length] ?? 0)) | 0;

/** Spreads a hash over all bits: where a piece's slot is, and what the slot keeps of the hash. */
export function mixHash(hash: number): number {
  // The finisher of MurmurHash3, which is in the public domain.
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Which bit tells of two units side by side. */
export const pairBit = (left: number, right: number): number =>
  Math.imul(Math.imul(left, 0x9e3779b1) + right, 0x85ebca6b) >>> (32 - PAIR_BITS);
