import type { IncomingMessage } from 'node:http';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { Json } from '../../shared/kernel/json.ts';
import { framingOf } from './intake.ts';
import { parseStrictJson } from './strict-json.ts';

const MIB = 1_048_576;
/** 8 MiB of items, and room for the braces and names around them. */
export const MAX_BODY_BYTES = 8 * MIB + 65_536;
/** A larger body is refused without being read: Cloud Run lets no more than 32 MiB through. */
const MAX_DROPPED_BYTES = 64 * MIB;

/** A request whose body may have been read already, by the framework or by the local gateway. */
export type BodyRequest = IncomingMessage & { readonly rawBody?: Buffer | undefined };

/**
 * Reads a request's JSON body.
 *
 * @throws AppError `unsupported-media-type` for another type or a compressed body,
 *   `payload-too-large` without buffering it, `invalid-argument` when it is not JSON.
 */
export async function readJson(request: BodyRequest): Promise<Json> {
  assertJsonType(request);
  return parseStrictJson(await readBody(request));
}

function assertJsonType({ headers }: IncomingMessage): void {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(json|[a-z0-9.-]+\+json)$/.test(type))
    throw new AppError('unsupported-media-type', 'The content type has to be application/json');
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (encoding !== 'identity')
    throw new AppError('unsupported-media-type', 'The body must not be compressed');
}

/**
 * The raw bytes of the body, within the limit. What is too large is read to its end and dropped
 * before it is refused: a client that is still sending when the connection closes never reads why.
 */
export async function readBody(request: BodyRequest, maxBytes = MAX_BODY_BYTES): Promise<Buffer> {
  if (request.rawBody) return within(request.rawBody, maxBytes);
  if ((framingOf(request).contentLength ?? 0) > MAX_DROPPED_BYTES) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (sizeBytes > MAX_DROPPED_BYTES) reject(tooLarge(maxBytes));
    });
    request.on('end', () => {
      if (sizeBytes > maxBytes) reject(tooLarge(maxBytes));
      else resolve(Buffer.concat(chunks));
    });
    request.on('error', (cause) => {
      reject(new AppError('invalid-argument', 'The request ended early', { cause }));
    });
  });
}

function within(body: Buffer, maxBytes: number): Buffer {
  if (body.length > maxBytes) throw tooLarge(maxBytes);
  return body;
}

const tooLarge = (maxBytes: number) =>
  new AppError('payload-too-large', `The body is larger than ${maxBytes} bytes`, {
    details: { maxBytes },
  });
