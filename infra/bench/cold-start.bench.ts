import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionName } from '../../shared/topology.ts';
import { bundleFunction, sizeOf } from '../bundle/bundle-function.ts';
import { ROOT } from '../bundle/chunks-of.ts';
import { keepCode } from '../bundle/keep-code.ts';
import { freePort } from '../local/child.ts';
import { DEMO_PROJECT, startFirestoreEmulator } from '../tooling/emulators.ts';
import { startRedis } from '../tooling/redis-server.ts';
import { round, spreadOf, spreadOfRatio } from './measure.ts';

const ROUNDS = 15;
const POLL_MS = 2;
const HOST = '127.0.0.1';
/** Instances of the smallest class have one processor. */
const PINNED = ['taskset', '-c', '0'] as const;
const FRAMEWORK = 'node_modules/@google-cloud/functions-framework';
const HANDLER = `import { http } from '@google-cloud/functions-framework';
http('bare', (_request, response) => response.send('{}'));
`;
const CONTEXT = '/context?userId=u&sessionId=s';
const ITEM = { userId: 'u', sessionId: 's', content: 'Hello', contentType: 'user_message' };

interface Start {
  readonly dir: string;
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
}

/**
 * From the start of the process to the first answer, beside a handler of one line under the same
 * framework; they take turns.
 */
export async function coldStart() {
  const root = mkdtempSync(join(tmpdir(), 'strata-cold-'));
  const emulator = await startFirestoreEmulator();
  const redis = await startRedis();
  try {
    if (!emulator || !redis) throw new Error('Needs the Firestore emulator and redis-server');
    const firestore = {
      GOOGLE_CLOUD_PROJECT: DEMO_PROJECT,
      FIRESTORE_EMULATOR_HOST: emulator.host,
    };
    return await measure(root, firestore, { ...firestore, REDIS_URL: redis.url });
  } finally {
    await emulator?.stop();
    await redis?.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

type Env = Readonly<Record<string, string>>;

async function measure(root: string, firestore: Env, both: Env) {
  const bundle = async (name: FunctionName) => {
    const { dir } = await bundleFunction(name, join(root, name));
    linkFramework(dir);
    await keepCode({ name, dir }, both);
    return { dir, name };
  };
  const write = await bundle('write-items');
  const read = await bundle('read-items');
  const first = { ...write, env: both, method: 'POST', path: '/', body: ITEM };
  await startUntilAnswer(first);
  const starts: Readonly<Record<string, Start>> = {
    bare: { ...bareIn(root), env: {}, path: '/' },
    hot: { ...read, env: both, path: CONTEXT },
    durable: { ...read, env: firestore, path: CONTEXT },
    append: { ...first, env: firestore },
  };
  const times = await inTurn(starts);
  const { bare = [], hot = [], durable = [], append = [] } = times;
  return {
    'bare handler, ms': spreadOf(bare),
    'read-items, hit in Redis, ms': spreadOf(hot),
    'read-items, hit in Redis over bare': spreadOfRatio(hot, bare),
    'read-items, first call of Firestore over bare': spreadOfRatio(durable, bare),
    'write-items, first append to Firestore over bare': spreadOfRatio(append, bare),
    'bundle of read-items, MB': round(sizeOf(read.dir) / 1e6),
    'bundle of write-items, MB': round(sizeOf(write.dir) / 1e6),
  };
}

async function inTurn(starts: Readonly<Record<string, Start>>): Promise<Record<string, number[]>> {
  const times = new Map(Object.keys(starts).map((what) => [what, [] as number[]]));
  for (let turn = 0; turn <= ROUNDS; turn++) {
    for (const [what, start] of Object.entries(starts)) {
      const tookMs = await startUntilAnswer(start);
      // The first one fills the disk's cache.
      if (turn > 0) times.get(what)?.push(tookMs);
    }
  }
  return Object.fromEntries(times);
}

function bareIn(root: string): { readonly dir: string; readonly name: string } {
  const dir = join(root, 'bare');
  mkdirSync(dir);
  writeFileSync(join(dir, 'index.mjs'), HANDLER);
  writeFileSync(join(dir, 'package.json'), '{"type":"module","main":"index.mjs"}');
  linkFramework(dir);
  return { dir, name: 'bare' };
}

function linkFramework(dir: string): void {
  mkdirSync(join(dir, 'node_modules/@google-cloud'), { recursive: true });
  symlinkSync(join(ROOT, FRAMEWORK), join(dir, FRAMEWORK));
}

async function startUntilAnswer({ dir, name, env, path, body, method = 'GET' }: Start) {
  const port = await freePort();
  const startedAtMs = performance.now();
  const [program, ...pinned] = PINNED;
  const main = join(dir, FRAMEWORK, 'build/src/main.js');
  const args = [...pinned, process.execPath, main, `--target=${name}`, `--source=${dir}`];
  const child = spawn(program, args, {
    cwd: dir,
    env: { ...place(env), FUNCTION_TARGET: name, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    for (;;) {
      const status = await ask(port, { path, method, body }).catch(() => undefined);
      if (status !== undefined && status < 300) return performance.now() - startedAtMs;
      if (status !== undefined) throw new Error(`${name} answered ${status}`);
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      await sleep(POLL_MS);
    }
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

const place = (env: Env): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  NODE_ENV: 'production',
  METADATA_SERVER_DETECTION: 'none',
  STRATA_BUS: 'embedded',
  ...env,
});

interface Question {
  readonly path: string;
  readonly method: string;
  readonly body: unknown;
}

function ask(port: number, { path, method, body }: Question): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ host: HOST, port, path, method, headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
