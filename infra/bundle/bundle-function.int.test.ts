import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forEachAtOnce } from '../../shared/kernel/for-each.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import { describeRunningAlone } from '../local/runs-alone.contract.ts';
import { reportMissing } from '../tooling/missing.ts';
import { bundleFunction, sizeOf } from './bundle-function.ts';
import { ROOT } from './chunks-of.ts';
import { KEEPS_CODE, keepCode } from './keep-code.ts';

/** An upload, and what every new instance reads from its disk. */
const MAX_BUNDLE_BYTES = 6_000_000;
/** Each is a process or two. */
const AT_ONCE = 2;
const run = promisify(execFile);
const FRAMEWORK = 'node_modules/@google-cloud/functions-framework';

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
const sizes = new Map<FunctionName, number>();

beforeAll(async () => {
  await forEachAtOnce(FUNCTIONS, AT_ONCE, async (name) => {
    const { dir } = await bundleFunction(name, dirOf(name));
    // All that the platform installs beside it.
    mkdirSync(join(dir, 'node_modules/@google-cloud'), { recursive: true });
    symlinkSync(join(ROOT, FRAMEWORK), join(dir, FRAMEWORK));
    if (KEEPS_CODE.includes(name)) await keepCode({ name, dir }, SERVERS);
    sizes.set(name, sizeOf(dir));
  });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeRunningAlone('from its bundle in a folder of its own', dirOf);

it.each(FUNCTIONS)('the bundle of %s is no larger than 6 MB', (name) => {
  expect(sizes.get(name)).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
});

it.concurrent.each(FUNCTIONS)('every part of the bundle of %s can be loaded', async (name) => {
  const dir = dirOf(name);
  const parts = partsOf(name, /\.cjs$/)
    .map((file) => basename(file))
    // What stands there instead of a part that the function never calls.
    .filter((part) => name === 'summarize-session' || !part.startsWith('open-gemini-'));
  const program = `
    import { chunks } from ${JSON.stringify(join(dir, 'index.mjs'))};
    for (const part of ${JSON.stringify(parts)}) chunks.load(part);
    console.log(chunks.loaded.size);`;
  const args = ['--input-type=module', '--eval', program];
  const { stdout } = await run(process.execPath, args, { cwd: dir });
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
