import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { lazy } from '../../shared/kernel/lazy.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { type BuiltFile, chunksOf, frameworkChunks, ROOT } from './chunks-of.ts';
import { partsOf } from './contents.ts';
import { CHUNKS_FILE, FRAMEWORK, FRAMEWORK_DIR } from './layout.ts';
import { lockFileOf } from './lock-file.ts';

/** A function as it is deployed: a folder. */
export interface Bundle {
  readonly name: FunctionName;
  readonly dir: string;
}

const loading = (part: string) =>
  `module.exports=require('./${CHUNKS_FILE}').chunks.load('${part}')`;

/**
 * Writes the bundle of a function into `dir`, which is emptied first. `first` are plugins of esbuild that
 * are asked before ours: a measurement puts something else in the place of a module.
 */
export async function bundleFunction(
  name: FunctionName,
  dir: string,
  first: readonly Plugin[] = [],
): Promise<Bundle> {
  const [chunks, framework] = await Promise.all([
    chunksOf(name, first),
    frameworkOnce(),
    loaderOnce(),
  ]);
  rmSync(dir, { recursive: true, force: true });
  await writeParts(dir, [...chunks, { name: 'index.cjs', text: loading('main.cjs') }]);
  for (const file of partsOf(name).flatMap(({ files = [] }) => files)) {
    cpSync(join(ROOT, file), join(dir, basename(file)));
  }
  const packages = partsOf(name).flatMap((one) => one.packages ?? []);
  const manifest = manifestOf(name, packages);
  writeFileSync(join(dir, 'package.json'), json(manifest));
  const lock = lockFileOf({ bundle: manifest, framework: frameworkManifest(), packages });
  writeFileSync(join(dir, 'package-lock.json'), json(lock));
  await writeFramework(join(dir, FRAMEWORK_DIR), framework);
  return { name, dir };
}

/**
 * A start makes 20 MB of garbage. With V8's first young generation, 1 MB, it is collected five times
 * (15 ms of 150); with this one, which V8 would come to under load, not once. Kept code stays valid: V8
 * refuses it under most other flags.
 */
const STARTED_BY = '#!/usr/bin/env -S node --min-semi-space-size=16';

/** The same in every bundle. */
const frameworkOnce = lazy(frameworkChunks);
const loaderOnce = lazy(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'infra/bundle/chunks.ts')],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'silent',
  });
  return { name: CHUNKS_FILE, text: outputFiles[0]?.text ?? '' };
});

async function writeParts(dir: string, files: readonly BuiltFile[]): Promise<void> {
  mkdirSync(dir, { recursive: true });
  for (const { name, text } of [...files, await loaderOnce()]) {
    writeFileSync(join(dir, name), text, 'utf8');
  }
}

/**
 * The framework as a package of the bundle's own, so that what starts the function is bundled too. The
 * platform runs what npm links as `functions-framework`, and functions import what npm links as the package.
 */
async function writeFramework(dir: string, chunks: readonly BuiltFile[]): Promise<void> {
  await writeParts(dir, [
    ...chunks,
    { name: 'index.cjs', text: loading('framework.cjs') },
    { name: 'main.cjs', text: `${STARTED_BY}\n${loading('start.cjs')}` },
  ]);
  chmodSync(join(dir, 'main.cjs'), 0o755);
  writeFileSync(join(dir, 'package.json'), json({ ...frameworkManifest(), main: 'index.cjs' }));
}

function frameworkManifest() {
  const { version, license } = manifestAt(join(ROOT, 'node_modules', FRAMEWORK, 'package.json'));
  return { name: FRAMEWORK, version, license, bin: { 'functions-framework': 'main.cjs' } };
}

function manifestOf(name: FunctionName, packages: readonly string[]) {
  const { version, license, engines } = manifestAt(join(ROOT, 'package.json'));
  return {
    ...{ name, version, license, private: true, main: 'index.cjs', engines },
    dependencies: {
      [FRAMEWORK]: `file:./${FRAMEWORK_DIR}`,
      ...Object.fromEntries(packages.map((one) => [one, installedVersion(one)])),
    },
  };
}

const json = (manifest: unknown): string => `${JSON.stringify(manifest, null, 2)}\n`;

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
}

/** The version that the tests ran with. */
const installedVersion = (name: string): string =>
  manifestAt(join(ROOT, 'node_modules', name, 'package.json')).version;

// npm has read the same file before us.
const manifestAt = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest;

/** What is uploaded: the platform installs packages itself. */
export const sizeOf = (dir: string): number =>
  [dir, join(dir, FRAMEWORK_DIR)]
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .reduce((sum, { name, parentPath }) => sum + statSync(join(parentPath, name)).size, 0);
