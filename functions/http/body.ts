import type { IncomingMessage } from 'node:http';
import { AppError } from '../../shared/kernel/app-error.ts';
import { SECOND_MS } from '../../shared/kernel/clock.ts';
import { dropAbsent } from '../../shared/kernel/drop-absent.ts';
import type { Json } from '../../shared/kernel/json.ts';
import { parseStrictJson } from '../../shared/kernel/strict-json.ts';
import { systemTimers } from '../../shared/kernel/timers.ts';
import { framingOf } from './intake.ts';
import type { Hold } from './load.ts';

const MIB = 1_048_576;
/** 8 MiB of items, and room for the braces and names around them. */
export const MAX_BODY_BYTES = 8 * MIB + 65_536;
/** A larger body is refused without being read: Cloud Run lets no more than 32 MiB through. */
const MAX_DROPPED_BYTES = 64 * MIB;

/** A client that sends more slowly than this holds memory and a connection for nothing. */
const MAX_BODY_MS = 30 * SECOND_MS;

interface BodyLimits {
  readonly maxBytes?: number;
  readonly maxMs?: number;
  /** Takes the bytes that are kept into account, or throws. */
  readonly hold?: Hold;
}

/** A request whose body may have been read already, by the framework or by the local gateway. */
export type BodyRequest = IncomingMessage & { readonly rawBody?: Buffer | undefined };

/**
 * Reads a request's JSON body.
 *
 * @throws AppError `unsupported-media-type` for another type or a compressed body,
 *   `payload-too-large` without buffering it, `request-timeout`, `invalid-argument` when it is not
 *   JSON, `unavailable` when this process holds too much.
 */
export async function readJson(request: BodyRequest, hold?: Hold): Promise<Json> {
  assertJsonType(request);
  return parseStrictJson(await readBody(request, dropAbsent({ hold })));
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
export async function readBody(
  request: BodyRequest,
  { maxBytes = MAX_BODY_BYTES, maxMs = MAX_BODY_MS, hold = () => undefined }: BodyLimits = {},
): Promise<Buffer> {
  if (request.rawBody) return within(request.rawBody, maxBytes);
  if ((framingOf(request).contentLength ?? 0) > MAX_DROPPED_BYTES) throw tooLarge(maxBytes);
  let chunks: Buffer[] | undefined = [];
  let sizeBytes = 0;
  let cancel = () => {};
  return new Promise<Buffer>((resolve, reject) => {
    // What comes after a refusal is read and dropped.
    const refuse = (error: unknown) => {
      chunks = undefined;
      reject(error);
    };
    cancel = systemTimers.after(maxMs, () => {
      refuse(new AppError('request-timeout', `The body took longer than ${maxMs} ms`));
    });
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) chunks = undefined;
      if (sizeBytes > MAX_DROPPED_BYTES) refuse(tooLarge(maxBytes));
      try {
        if (chunks) hold(chunk.length);
        chunks?.push(chunk);
      } catch (error) {
        refuse(error);
      }
    });
    request.on('end', () => (chunks ? resolve(Buffer.concat(chunks)) : refuse(tooLarge(maxBytes))));
    request.on('error', (cause) => {
      refuse(new AppError('invalid-argument', 'The request ended early', { cause }));
    });
  }).finally(() => cancel());
}

function within(body: Buffer, maxBytes: number): Buffer {
  if (body.length > maxBytes) throw tooLarge(maxBytes);
  return body;
}

const tooLarge = (maxBytes: number) =>
  new AppError('payload-too-large', `The body is larger than ${maxBytes} bytes`, {
    details: { maxBytes },
  });
