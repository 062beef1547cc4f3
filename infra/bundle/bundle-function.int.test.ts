import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forEachAtOnce } from '../../shared/kernel/for-each.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import { freePort } from '../local/child.ts';
import { describeRunningAlone } from '../local/runs-alone.contract.ts';
import { until } from '../local/test-stack.ts';
import { reportMissing } from '../tooling/missing.ts';
import { bundleFunction, sizeOf } from './bundle-function.ts';
import { KEEPS_CODE, keepCode } from './keep-code.ts';
import { CHUNKS_FILE, FRAMEWORK, linkFramework, removeModules, START_FILE } from './layout.ts';
import { type LockFile, projectLock } from './lock-file.ts';

/** An upload, and what every new instance reads from its disk. */
const MAX_BUNDLE_BYTES = 6_000_000;
/** Each is a process or two. */
const AT_ONCE = 2;
const run = promisify(execFile);

/** Those that there are: what one of them is missing for is in the sizes, and nothing else. */
const { REDIS_URL, FIRESTORE_EMULATOR_HOST } = process.env;
const SERVERS = {
  ...(REDIS_URL && { REDIS_URL }),
  ...(FIRESTORE_EMULATOR_HOST && { FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: 'demo-bundle' }),
};
if (!FIRESTORE_EMULATOR_HOST) reportMissing('Bundles with the code of Firestore: no emulator');

const root = mkdtempSync(join(tmpdir(), 'strata-bundles-'));
const dirOf = (name: FunctionName) => join(root, name);
const partsOf = (name: FunctionName, file: RegExp) =>
  readdirSync(dirOf(name))
    .filter((one) => file.test(one))
    .map((one) => join(dirOf(name), one));
interface Manifest {
  readonly scripts?: unknown;
  readonly dependencies: Readonly<Record<string, string>>;
}
// Written by the code under test.
const manifestOf = (name: FunctionName): Manifest =>
  JSON.parse(readFileSync(join(dirOf(name), 'package.json'), 'utf8')) as Manifest;
const sizes = new Map<FunctionName, number>();

beforeAll(async () => {
  await forEachAtOnce(FUNCTIONS, AT_ONCE, async (name) => {
    const { dir } = await bundleFunction(name, dirOf(name));
    if (KEEPS_CODE.includes(name)) await keepCode({ name, dir }, SERVERS);
    sizes.set(name, sizeOf(dir));
    linkFramework(dir);
  });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeRunningAlone('from its bundle in a folder of its own', (name) => ({
  framework: join(dirOf(name), START_FILE),
  source: dirOf(name),
}));

it('is installed and started as the platform does it, from nothing but the folder', async () => {
  const dir = dirOf('migrate-tiers');
  removeModules(dir);
  const { PATH = '' } = process.env;
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${PATH}`, HOME: dir };
  await run('npm', ['ci', '--quiet', '--offline', '--no-fund', '--no-audit'], {
    cwd: dir,
    env,
  });
  const port = String(await freePort());
  const started = spawn('/bin/bash', ['-c', 'exec node_modules/.bin/functions-framework'], {
    cwd: dir,
    env: { ...env, PORT: port, FUNCTION_TARGET: 'migrate-tiers', STRATA_DATA_DIR: dir },
  });
  const ended = once(started, 'close');
  try {
    const reply = await until('migrate-tiers to answer', () =>
      fetch(`http://127.0.0.1:${port}/`, { method: 'POST' }).catch(() => undefined),
    );
    expect(reply.status).toBe(200);
  } finally {
    started.kill('SIGKILL');
    await ended;
  }
});

it.concurrent.each(FUNCTIONS)(
  'the lock file of %s is one that npm takes, and as exact as ours',
  async (name) => {
    // Ends with 1 where package.json and the lock file differ.
    const { stdout } = await run('npm', ['ls', '--package-lock-only', '--all', '--json'], {
      cwd: dirOf(name),
    });
    expect(JSON.parse(stdout)).not.toHaveProperty('problems');
    const { packages: ours } = projectLock();
    // Written by the code under test.
    const { packages } = JSON.parse(
      readFileSync(join(dirOf(name), 'package-lock.json'), 'utf8'),
    ) as LockFile;
    const { private: _, main, ...root } = { private: true, main: '', ...manifestOf(name) };
    expect(packages['']).toEqual(root);
    const own = ['', 'framework', `node_modules/${FRAMEWORK}`];
    const others = Object.keys(packages).filter((path) => !own.includes(path));
    expect(others.length).toBeGreaterThanOrEqual(
      Object.keys(manifestOf(name).dependencies).length - 1,
    );
    for (const path of others) {
      const { version, integrity } = packages[path] ?? {};
      expect({ version, integrity }).toEqual({
        version: ours[path]?.version,
        integrity: ours[path]?.integrity,
      });
      expect(integrity).toMatch(/^sha512-/);
    }
  },
);

it.each(FUNCTIONS)('nothing is built where %s is deployed', (name) => {
  // The platform would run `gcp-build`, or else `build`.
  expect(manifestOf(name).scripts).toBeUndefined();
  // What npm adds from a registry.
  const { [FRAMEWORK]: framework, ...others } = manifestOf(name).dependencies;
  expect(framework).toBe('file:./framework');
  const counts = ['write-items', 'read-items', 'ingest-items', 'summarize-session'].includes(name);
  expect(others).toEqual(counts ? { 'gpt-tokenizer': '4.0.0' } : {});
});

it.each(FUNCTIONS)('the bundle of %s is no larger than 6 MB', (name) => {
  expect(sizes.get(name)).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
});

it.concurrent.each(FUNCTIONS)('every part of the bundle of %s can be loaded', async (name) => {
  const dir = dirOf(name);
  const parts = partsOf(name, /\.cjs$/)
    .map((file) => basename(file))
    .filter((part) => part !== 'index.cjs' && part !== CHUNKS_FILE)
    // What stands there instead of a part that the function never calls.
    .filter((part) => name === 'summarize-session' || !part.startsWith('open-gemini-'));
  const program = `
    const { chunks } = require(${JSON.stringify(join(dir, CHUNKS_FILE))});
    for (const part of ${JSON.stringify(parts)}) chunks.load(part);
    console.log(chunks.loaded.size);`;
  const { stdout } = await run(process.execPath, ['--eval', program], { cwd: dir });
  expect(Number(stdout)).toBe(parts.length);
});

it('only the function that summarises knows a model, and only those that count have a vocabulary', () => {
  const having = (file: RegExp) => FUNCTIONS.filter((name) => partsOf(name, file).length > 0);
  const withModel = FUNCTIONS.filter((name) =>
    partsOf(name, /\.cjs$/).some((part) => readFileSync(part, 'utf8').includes('GoogleGenAI')),
  );
  expect(withModel).toEqual(['summarize-session']);
  expect(having(/\.vocab\.zst$/)).toEqual([
    'write-items',
    'read-items',
    'ingest-items',
    'summarize-session',
  ]);
});
