import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, zstdCompressSync } from 'node:zlib';
import { FUNCTIONS } from '../../shared/topology.ts';
import { CALLS } from '../local/calls-of-functions.ts';
import { freePort } from '../local/child.ts';
import { CHUNKS_FILE, FRAMEWORK_DIR, START_FILE } from './layout.ts';
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
const port = await freePort();
process.env['PORT'] = String(port);
process.argv.splice(2, Number.POSITIVE_INFINITY, `--target=${name}`, `--source=${dir}`);
const require = createRequire(join(dir, 'index.cjs'));
require(join(dir, START_FILE));

async function call(verb: string, place: string, content?: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${place}`, {
    method: verb,
    headers: { 'content-type': 'application/json' },
    ...(content && { body: JSON.stringify(content) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${verb} ${place}: ${response.status} ${answer}`);
}

const POLL_MS = 10;
/** The framework listens some moments after it was loaded, and does not say when. */
async function listening(): Promise<void> {
  const isListening = await new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
  if (isListening) return;
  await sleep(POLL_MS);
  await listening();
}

await listening();
const [method, path, body] = CALLS[name];
await call(method, path, body);
for (const one of MORE[name] ?? []) await call(...one);
for (const folder of [dir, join(dir, FRAMEWORK_DIR)]) keepCodeOf(folder);
process.exit();

function keepCodeOf(folder: string): void {
  // What this file of a bundle exports is known.
  const { chunks } = require(join(folder, CHUNKS_FILE)) as { chunks: Chunks };
  for (const [file, { script }] of chunks.loaded) {
    writeFileSync(join(folder, `${file}${CODE_ENDING}`), compressed(script.createCachedData()));
  }
}

function compressed(code: Buffer): Buffer {
  return zstdCompressSync(code, { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
}
