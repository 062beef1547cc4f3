import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plugin } from 'esbuild';
import type { FunctionName } from '../../shared/topology.ts';
import { bundleFunction, sizeOf } from '../bundle/bundle-function.ts';
import { ROOT } from '../bundle/chunks-of.ts';
import { keepCode } from '../bundle/keep-code.ts';
import { FRAMEWORK, linkFramework, START_FILE } from '../bundle/layout.ts';
import { freePort } from '../local/child.ts';
import { DEMO_PROJECT, startFirestoreEmulator } from '../tooling/emulators.ts';
import { startRedis } from '../tooling/redis-server.ts';
import { round, spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import { overRest } from './over-rest.ts';

const ROUNDS = 15;
const POLL_MS = 2;
const HOST = '127.0.0.1';
/** Instances of the smallest class have one processor. */
const PINNED = ['taskset', '-c', '0'] as const;
const HANDLER = `import { http } from '@google-cloud/functions-framework';
http('bare', (_request, response) => response.send('{}'));
`;
const CONTEXT = '/context?userId=u&sessionId=s';
const ITEM = { userId: 'u', sessionId: 's', content: 'Hello', contentType: 'user_message' };

interface Start {
  readonly dir: string;
  readonly name: string;
  /** What starts the framework. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  /** Done each time before it starts: a session is a hit where another instance was asked for it lately. */
  readonly before?: () => Promise<unknown>;
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
  const bundle = async (name: FunctionName, folder: string, plugins: readonly Plugin[] = []) => {
    const { dir } = await bundleFunction(name, join(root, folder), plugins);
    await keepCode({ name, dir }, both);
    linkFramework(dir);
    return { dir, name, program: join(dir, START_FILE) };
  };
  const write = await bundle('write-items', 'write');
  const read = await bundle('read-items', 'read');
  const rest = {
    write: await bundle('write-items', 'write-rest', [overRest]),
    read: await bundle('read-items', 'read-rest', [overRest]),
  };
  const first = { ...write, env: both, method: 'POST', path: '/', body: ITEM };
  const hot = { ...read, env: both, path: CONTEXT };
  await startUntilAnswer(first);
  const warm = await start(hot);
  const starts: Readonly<Record<string, Start>> = {
    bare: { ...bareIn(root), env: {}, path: '/' },
    hot: { ...hot, before: () => ask(warm.port, hot) },
    durable: { ...read, env: firestore, path: CONTEXT },
    append: { ...first, env: firestore },
    'durable over REST': { ...read, ...rest.read, env: firestore, path: CONTEXT },
    'append over REST': {
      ...{ ...first, ...rest.write, env: firestore },
      body: { ...ITEM, sessionId: 'over-rest' },
    },
  };
  try {
    const first = figures(await inTurn(starts));
    return { ...first, ...(await steady(starts)), ...sizes({ read, write }) };
  } finally {
    await warm.stop();
  }
}

const STEADY = { rounds: 10, calls: 20 } as const;

/** Calls of processes that are warm, over gRPC and over REST in turn. */
async function steady(starts: Readonly<Record<string, Start>>) {
  const pair = async (name: string, what: string) => {
    const [grpc, rest] = await Promise.all(
      [starts[what], starts[`${what} over REST`]].map((one) => one && start(one)),
    );
    if (!grpc || !rest) throw new TypeError(`expected ${what} over both`);
    try {
      const took = await timeInTurn({ grpc: grpc.again, rest: rest.again }, STEADY);
      return {
        [`${name}, warm, ms`]: spreadOf(took.grpc),
        [`${name}, warm, REST over gRPC`]: spreadOfRatio(took.rest, took.grpc),
      };
    } finally {
      await Promise.all([grpc.stop(), rest.stop()]);
    }
  };
  return {
    ...(await pair('context from Firestore', 'durable')),
    ...(await pair('append to Firestore', 'append')),
  };
}

function figures(of: Readonly<Record<string, readonly Took[]>>) {
  const wall = (what: string) => (of[what] ?? []).map(({ wallMs }) => wallMs);
  const cpu = (what: string) => (of[what] ?? []).map(({ cpuMs }) => cpuMs);
  return {
    'bare handler, ms': spreadOf(wall('bare')),
    'read-items, hit in Redis, ms': spreadOf(wall('hot')),
    'read-items, hit in Redis over bare': spreadOfRatio(wall('hot'), wall('bare')),
    'the same in processor time': spreadOfRatio(cpu('hot'), cpu('bare')),
    'read-items, first call of Firestore over bare': spreadOfRatio(wall('durable'), wall('bare')),
    'first call of Firestore in processor time': spreadOfRatio(cpu('durable'), cpu('bare')),
    'write-items, first append to Firestore over bare': spreadOfRatio(wall('append'), wall('bare')),
    'first append in processor time': spreadOfRatio(cpu('append'), cpu('bare')),
    'first call of Firestore, REST over gRPC': spreadOfRatio(
      wall('durable over REST'),
      wall('durable'),
    ),
    'the same two in processor time': spreadOfRatio(cpu('durable over REST'), cpu('durable')),
    'first append, REST over gRPC': spreadOfRatio(wall('append over REST'), wall('append')),
    'both appends in processor time': spreadOfRatio(cpu('append over REST'), cpu('append')),
  };
}

const sizes = ({ read, write }: Readonly<Record<'read' | 'write', { readonly dir: string }>>) => ({
  'bundle of read-items, MB': round(sizeOf(read.dir) / 1e6),
  'bundle of write-items, MB': round(sizeOf(write.dir) / 1e6),
});

async function inTurn(starts: Readonly<Record<string, Start>>): Promise<Record<string, Took[]>> {
  const times = new Map(Object.keys(starts).map((what) => [what, [] as Took[]]));
  for (let turn = 0; turn <= ROUNDS; turn++) {
    for (const [what, start] of Object.entries(starts)) {
      await start.before?.();
      const took = await startUntilAnswer(start);
      // The first one fills the disk's cache.
      if (turn > 0) times.get(what)?.push(took);
    }
  }
  return Object.fromEntries(times);
}

function bareIn(root: string): Pick<Start, 'dir' | 'name' | 'program'> {
  const dir = join(root, 'bare');
  mkdirSync(join(dir, 'node_modules/@google-cloud'), { recursive: true });
  writeFileSync(join(dir, 'index.mjs'), HANDLER);
  writeFileSync(join(dir, 'package.json'), '{"type":"module","main":"index.mjs"}');
  const framework = join('node_modules', FRAMEWORK);
  symlinkSync(join(ROOT, framework), join(dir, framework));
  return { dir, name: 'bare', program: join(dir, framework, 'build/src/main.js') };
}

interface Took {
  readonly wallMs: number;
  /** What the process alone had of a processor: steadier where others have it, too. */
  readonly cpuMs: number;
}

async function startUntilAnswer(what: Start): Promise<Took> {
  const startedAtMs = performance.now();
  const { pid, stop } = await start(what);
  try {
    return { wallMs: performance.now() - startedAtMs, cpuMs: cpuMsOf(pid) };
  } finally {
    await stop();
  }
}

/** The processor time of all threads; the first number is in nanoseconds (Linux, proc(5)). */
function cpuMsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0);
}

/** Starts a function as the platform does, by the file's first line, and waits for its first answer. */
async function start({ dir, name, program, env, path, body, method = 'GET' }: Start) {
  const port = await freePort();
  const [pin, ...pinned] = PINNED;
  const child = spawn(pin, [...pinned, program, `--target=${name}`, `--source=${dir}`], {
    cwd: dir,
    env: { ...place(env), FUNCTION_TARGET: name, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const again = async () => {
    const status = await ask(port, { path, method, body });
    if (status >= 300) throw new Error(`${name} answered ${status}`);
  };
  try {
    for (;;) {
      const status = await ask(port, { path, method, body }).catch(() => undefined);
      if (status !== undefined && status < 300) return { port, pid: child.pid ?? 0, again, stop };
      if (status !== undefined) throw new Error(`${name} answered ${status}`);
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      await sleep(POLL_MS);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

const place = (env: Env): NodeJS.ProcessEnv => ({
  // This Node, where the first line of a file asks for one.
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: process.env['HOME'],
  NODE_ENV: 'production',
  METADATA_SERVER_DETECTION: 'none',
  STRATA_BUS: 'embedded',
  ...env,
});

function ask(
  port: number,
  { path, method = 'GET', body }: Pick<Start, 'path' | 'method' | 'body'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ host: HOST, port, path, method, headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
