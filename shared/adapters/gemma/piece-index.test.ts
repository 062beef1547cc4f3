import { expect, it } from 'vitest';
import { extendHash, mixHash, PLACE_BITS, SLOT_BITS } from './piece-hash.ts';
import { NO_PIECE, PieceIndex } from './piece-index.ts';

const unitsOf = (text: string) => Uint16Array.from(text, (unit) => unit.charCodeAt(0));

it('a text with the hash of a piece is not taken for it', () => {
  const piece = unitsOf('\u9a4e\u9469\u7b04\u82d0');
  const other = unitsOf('\u76f7\u74e2\u8247\u8833');
  const hash = piece.reduce(extendHash, 0);
  expect(other.reduce(extendHash, 0)).toBe(hash);
  const slots = new Int32Array(1 << SLOT_BITS);
  slots[mixHash(hash) >>> (32 - SLOT_BITS)] = (mixHash(hash) << PLACE_BITS) | 1;
  const index = new PieceIndex({
    lengths: Uint8Array.of(4),
    blocks: Uint32Array.of(0),
    units: piece,
    slots,
    pairs: new Uint8Array(),
    characters: new Uint8Array(),
  });
  expect(index.find(piece, 0, 4, hash)).toBe(0);
  expect(index.find(other, 0, 4, hash)).toBe(NO_PIECE);
});
