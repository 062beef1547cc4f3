import { crc32 } from 'node:zlib';
import { AppError } from '../../kernel/app-error.ts';
import { unzstd, zstd } from '../../kernel/zstd.ts';

/** A value as it stands in a document: packed, so that its inside costs no index entries. */
export interface Packed {
  readonly codec: string;
  readonly crc: number;
  readonly body: Uint8Array;
}

/**
 * Larger texts are compressed. JSON writes a control character in six bytes: a 256 KiB item can
 * be 1.5 MiB of text, and a document takes 1 MiB (https://firebase.google.com/docs/firestore/quotas).
 * Heads stay below it as a rule: to compress one of 25 KB took a quarter of an append's time on the
 * emulator (2026-11).
 */
export const RAW_MAX_BYTES = 128 * 1_024;
/** Room for names and indexed fields beside the packed bytes. */
const PACKED_MAX_BYTES = 1_000_000;
/** No text of ours is larger unpacked: more is a decompression bomb. */
const TEXT_MAX_BYTES = 64 * 1_024 * 1_024;

/** @throws AppError `payload-too-large` when the value fits no document, also compressed. */
export const pack = (value: unknown, what: string): Packed => packText(JSON.stringify(value), what);

/**
 * Like `pack`, for what is JSON text already.
 *
 * @param rawMaxBytes larger texts are compressed.
 * @throws AppError `payload-too-large`.
 */
export function packText(text: string, what: string, rawMaxBytes = RAW_MAX_BYTES): Packed {
  const packed = packLarge(text, rawMaxBytes);
  assertFits(packed.body.byteLength, what);
  return packed;
}

/** @throws AppError `payload-too-large`. */
export function assertFits(bytes: number, what: string): void {
  if (bytes <= PACKED_MAX_BYTES) return;
  throw new AppError('payload-too-large', `A ${what} is too large for one document`, {
    details: { bytes, maxBytes: PACKED_MAX_BYTES },
  });
}

/** Like `packText`, for what is spread over several documents. */
export function packLarge(text: string, rawMaxBytes = RAW_MAX_BYTES): Packed {
  const bytes = Buffer.from(text);
  const isLarge = bytes.byteLength > rawMaxBytes;
  const body = isLarge ? zstd(bytes) : bytes;
  return { codec: isLarge ? 'json-zstd' : 'json', crc: crc32(body), body };
}

/**
 * Reads back what `pack` wrote, so its shape is known.
 *
 * @throws AppError `data-loss` when the bytes are not what was written, or their codec is unknown.
 */
export function unpack<T>({ codec, crc, body }: Partial<Packed>, what: string): T {
  if (!(body instanceof Uint8Array) || crc32(body) !== crc) {
    throw new AppError('data-loss', `A stored ${what} does not match its checksum`);
  }
  if (codec !== 'json' && codec !== 'json-zstd') {
    throw new AppError('data-loss', `A stored ${what} has an unknown codec`, {
      details: { codec: String(codec).slice(0, 40) },
    });
  }
  try {
    const text = codec === 'json' ? body : unzstd(body, TEXT_MAX_BYTES);
    return JSON.parse(Buffer.from(text).toString('utf8')) as T;
  } catch {
    // No cause: the parser's message quotes the text.
    throw new AppError('data-loss', `A stored ${what} is not what was written`);
  }
}
