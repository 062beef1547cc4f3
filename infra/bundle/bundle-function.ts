import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { FunctionName } from '../../shared/topology.ts';
import { chunksOf, ROOT } from './chunks-of.ts';
import { partsOf } from './contents.ts';

/** A function as it is deployed: a folder. */
export interface Bundle {
  readonly name: FunctionName;
  readonly dir: string;
}

/** Writes the bundle of a function into `dir`, which is emptied first. */
export async function bundleFunction(name: FunctionName, dir: string): Promise<Bundle> {
  const chunks = await chunksOf(name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  for (const { name: file, text } of chunks) writeFileSync(join(dir, file), text, 'utf8');
  await writeEntry(dir);
  const parts = partsOf(name);
  for (const file of parts.flatMap(({ files = [] }) => files)) {
    cpSync(join(ROOT, file), join(dir, basename(file)));
  }
  const packages = [
    '@google-cloud/functions-framework',
    ...parts.flatMap((one) => one.packages ?? []),
  ];
  writeFileSync(join(dir, 'package.json'), packageFile(name, packages));
  return { name, dir };
}

async function writeEntry(dir: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, 'infra/bundle/index.ts')],
    outfile: join(dir, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'silent',
  });
}

function packageFile(name: FunctionName, packages: readonly string[]): string {
  const { version, license, engines } = manifestAt(join(ROOT, 'package.json'));
  const manifest = {
    name,
    version,
    license,
    private: true,
    type: 'module',
    main: 'index.mjs',
    engines,
    dependencies: Object.fromEntries(packages.map((one) => [one, installedVersion(one)])),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

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

/** What is uploaded. */
export const sizeOf = (dir: string): number =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + statSync(join(dir, name)).size, 0);
