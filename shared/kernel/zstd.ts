import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * Level 9: 11.3× on tool transcripts at 81 MB/s here, where level 3 gives 9.7× at 290 MB/s, level 19
 * 12.1× at 4.5 MB/s and brotli quality 5 11.4× at 69 MB/s (infra/decisions/0003-segments.md).
 */
const LEVEL = 9;

export const zstd = (raw: Uint8Array): Buffer =>
  zstdCompressSync(raw, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });

/** @throws RangeError when the result would be larger than `maxBytes`: a decompression bomb. */
export const unzstd = (bytes: Uint8Array, maxBytes: number): Buffer =>
  zstdDecompressSync(bytes, { maxOutputLength: maxBytes });
