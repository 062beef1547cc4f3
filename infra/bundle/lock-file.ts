import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './chunks-of.ts';
import { FRAMEWORK, FRAMEWORK_DIR } from './layout.ts';

/** A package as a lock file has it, as far as it is read here. */
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Packages = Readonly<Record<string, Locked>>;

export interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Packages;
}

/** What `package.json` says of a bundle or of its framework. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [more: string]: unknown;
}

interface Locking {
  readonly bundle: Manifest;
  readonly framework: Manifest;
  /** Packages that npm adds from a registry. */
  readonly packages: readonly string[];
}

/**
 * The lock file of a bundle: with one, the platform runs `npm ci`. What comes from a registry is in it as
 * in the project's own, to the byte, with all that it needs.
 */
export function lockFileOf({ bundle, framework, packages }: Locking): LockFile & Manifest {
  const { name, version, license, dependencies, engines } = bundle;
  const { packages: ours, lockfileVersion } = projectLock();
  const paths = [...new Set(packages.flatMap((one) => withNeeds(ours, `node_modules/${one}`)))];
  return {
    ...{ name, version, lockfileVersion, requires: true },
    packages: {
      '': { name, version, license, dependencies, engines } as Locked,
      [FRAMEWORK_DIR]: framework,
      [`node_modules/${FRAMEWORK}`]: { resolved: FRAMEWORK_DIR, link: true } as Locked,
      ...Object.fromEntries(paths.sort().map((path) => [path, ours[path] ?? {}])),
    },
  };
}

/** What `npm ci` installs for the project. */
// npm has read the same file before us.
export const projectLock = (): LockFile =>
  JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as LockFile;

/** The package's path and those of all that it needs. */
function withNeeds(ours: Packages, path: string, known: ReadonlySet<string> = new Set()): string[] {
  const locked = ours[path];
  if (!locked) throw new TypeError(`expected ${path} in package-lock.json: run npm install`);
  if (known.has(path)) return [];
  const seen = new Set([...known, path]);
  const needs = Object.keys({ ...locked.dependencies, ...locked.optionalDependencies });
  return [path, ...needs.flatMap((need) => withNeeds(ours, pathOf(ours, path, need), seen))];
}

/** Where Node finds `need` from `path`: in the nearest `node_modules`. */
function pathOf(ours: Packages, path: string, need: string): string {
  const own = `${path}/node_modules/${need}`;
  if (own in ours || !path.includes('/node_modules/')) {
    return own in ours ? own : `node_modules/${need}`;
  }
  return pathOf(ours, path.slice(0, path.lastIndexOf('/node_modules/')), need);
}
