import { endianness } from 'node:os';
import { AppError } from '../../kernel/app-error.ts';

/**
 * Gemma 3's vocabulary as the counter needs it: no ids, no scores, no merges. The hash table and the
 * bit sets are part of the file, because filling them takes longer than all the rest of loading.
 */
export interface Vocabulary {
  /**
   * Of each piece of two or more characters, in the order in which pieces are merged: its length in
   * UTF-16 units, and the bit `CUT` when its own text is cut into several tokens nevertheless.
   */
  readonly lengths: Uint8Array;
  /** Where the units of every `BLOCK_PIECES`th piece start. */
  readonly blocks: Uint32Array;
  /** The pieces' UTF-16 units, one piece after the other. */
  readonly units: Uint16Array;
  /** Hash table of the pieces: 0, or a piece's place plus 1 and, above it, bits of its hash. */
  readonly slots: Int32Array;
  /** A bit for the hash of each pair of units that stand side by side in some piece. */
  readonly pairs: Uint8Array;
  /** A bit for each code point that is a token by itself. */
  readonly characters: Uint8Array;
  /** Markup that is one token wherever it stands, like `</table>`. */
  readonly markup: readonly string[];
  /** `<unused0>` and so on, this many, are tokens, too. */
  readonly unusedCount: number;
}

export const CUT = 0x80;
export const BLOCK_PIECES = 16;

const MAGIC = 0x31_56_47_53; // "SGV1"
const HEADER_WORDS = 9;

/** Header (the sizes), then the arrays as they are in memory, each from a multiple of four bytes on. */
export function encodeVocabulary(vocabulary: Vocabulary): Uint8Array {
  const { slots, blocks, units, lengths, pairs, characters, markup, unusedCount } = vocabulary;
  const arrays = [slots, blocks, units, lengths, pairs, characters, Buffer.from(markup.join('\n'))];
  const sizes = arrays.map(({ byteLength }) => byteLength);
  const header = Uint32Array.from([MAGIC, unusedCount, ...sizes]);
  return Buffer.concat([header, ...arrays].map(padded));
}

function padded({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer {
  const bytes = Buffer.alloc(aligned(byteLength));
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength));
  return bytes;
}

const aligned = (sizeBytes: number): number => Math.ceil(sizeBytes / 4) * 4;

/**
 * Views on `bytes`, which begin at a multiple of four in their buffer.
 *
 * @throws AppError `internal` when they are no vocabulary of this version, or on a big-endian machine.
 */
export function decodeVocabulary(bytes: Uint8Array): Vocabulary {
  const { buffer, byteOffset, byteLength } = bytes;
  const words = Math.min(HEADER_WORDS, Math.floor(byteLength / 4));
  const [magic, unusedCount = 0, ...sizes] = new Uint32Array(buffer, byteOffset, words);
  const sizeBytes = sizes.reduce((sum, size) => sum + aligned(size), HEADER_WORDS * 4);
  if (endianness() !== 'LE' || magic !== MAGIC || byteLength !== sizeBytes) {
    throw new AppError(
      'internal',
      'The vocabulary of the token counter cannot be used here: set tokenCounter to openai',
    );
  }
  let at = byteOffset + HEADER_WORDS * 4;
  const starts = sizes.map((size) => {
    const start = at;
    at += aligned(size);
    return start;
  });
  const view = <T>(
    Kind: new (buffer: ArrayBufferLike, start: number, length: number) => T,
    place: number,
    unitBytes: number,
  ): T => new Kind(buffer, starts[place] ?? 0, (sizes[place] ?? 0) / unitBytes);
  return {
    slots: view(Int32Array, 0, 4),
    blocks: view(Uint32Array, 1, 4),
    units: view(Uint16Array, 2, 2),
    lengths: view(Uint8Array, 3, 1),
    pairs: view(Uint8Array, 4, 1),
    characters: view(Uint8Array, 5, 1),
    markup: new TextDecoder().decode(view(Uint8Array, 6, 1)).split('\n'),
    unusedCount,
  };
}
