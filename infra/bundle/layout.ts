import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What the platform starts, and what functions register in. */
export const FRAMEWORK = '@google-cloud/functions-framework';

/** The folder of a bundle that stands for the framework's package. */
export const FRAMEWORK_DIR = 'framework';
/** What starts the function: the `functions-framework` of `node_modules/.bin`. */
export const START_FILE = join(FRAMEWORK_DIR, 'main.cjs');
/** Exports the loader of the parts beside it as `chunks`. */
export const CHUNKS_FILE = 'chunks.cjs';

const MODULES = 'node_modules';

/** Makes the link to the framework that `npm install` makes in a bundle. */
export function linkFramework(dir: string): void {
  const link = join(dir, MODULES, FRAMEWORK);
  mkdirSync(join(link, '..'), { recursive: true });
  symlinkSync(join('..', '..', FRAMEWORK_DIR), link);
}

/** Packages are the platform's to install: they are not uploaded. */
export const removeModules = (dir: string): void =>
  rmSync(join(dir, MODULES), { recursive: true, force: true });
