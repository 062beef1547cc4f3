import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, zstdCompressSync } from 'node:zlib';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { FUNCTIONS } from '../../shared/topology.ts';
import { CALLS } from '../local/calls-of-functions.ts';
import { listen, urlAt } from '../local/listen.ts';
import { type Chunks, CODE_ENDING } from './load-chunks.ts';

/**
 * `node exercise.ts DIR NAME`: runs the bundle in DIR as the first requests will, then keeps beside
 * each of its parts what V8 compiled. Functions that never ran are not in it, so what is called here
 * decides what a cold start need not compile.
 */
const [dir = '', wanted] = process.argv.slice(2);
const name = FUNCTIONS.find((one) => one === wanted);
if (!name) throw new TypeError(`expected one of ${FUNCTIONS.join(', ')}, found "${wanted}"`);

const ITEM = {
  userId: 'u',
  sessionId: 's',
  content: 'Parcel A-1 is due.',
  contentType: 'user_message',
};
const SESSION = 'userId=u&sessionId=s';
/** Beside the call that shows that it runs: a hit in Redis, and what asks the durable store. */
const MORE: Partial<Record<typeof name, readonly (readonly [string, string, object?])[]>> = {
  'write-items': [['POST', '/', ITEM]],
  'read-items': [
    ['GET', `/context?${SESSION}`],
    ['GET', `/history?${SESSION}`],
    ['GET', '/context?userId=u&sessionId=none'],
  ],
};
// What a bundle's entry exports is known.
const { chunks } = (await import(pathToFileURL(join(dir, 'index.mjs')).href)) as { chunks: Chunks };
const HOST = '127.0.0.1';
const url = urlAt(HOST, await listen(getTestServer(name), HOST, 0));
const [method, path, body] = CALLS[name];
for (const [verb, place, content] of [[method, path, body] as const, ...(MORE[name] ?? [])]) {
  const response = await fetch(`${url}${place}`, {
    method: verb,
    headers: { 'content-type': 'application/json' },
    ...(content && { body: JSON.stringify(content) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${verb} ${place}: ${response.status} ${answer}`);
}
for (const [file, { script }] of chunks.loaded) {
  writeFileSync(join(dir, `${file}${CODE_ENDING}`), compressed(script.createCachedData()));
}
process.exit();

function compressed(code: Buffer): Buffer {
  return zstdCompressSync(code, { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
}
