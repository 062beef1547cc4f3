import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const CHUNK_CHARS = 65_536;

/**
 * Streams values as JSON Lines, no faster than the client reads. The first value is awaited before
 * the head is sent, so that a call that fails at once still gets its own status.
 */
export async function sendLines(
  res: ServerResponse,
  values: AsyncIterable<unknown>,
): Promise<void> {
  const iterator = values[Symbol.asyncIterator]();
  const first = await iterator.next();
  res.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  await pipeline(Readable.from(chunks(first, iterator), { objectMode: false }), res);
}

async function* chunks(
  first: IteratorResult<unknown>,
  iterator: AsyncIterator<unknown>,
): AsyncGenerator<string> {
  try {
    let chunk = '';
    for (let next = first; !next.done; next = await iterator.next()) {
      chunk += `${JSON.stringify(next.value)}\n`;
      if (chunk.length < CHUNK_CHARS) continue;
      yield chunk;
      chunk = '';
    }
    if (chunk) yield chunk;
  } finally {
    await iterator.return?.(); // Also when the client went away in the middle.
  }
}
