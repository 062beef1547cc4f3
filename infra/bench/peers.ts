import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Holds what the benches compare with, apart: none of it is a dependency of the project. */
const FOLDER = fileURLToPath(new URL('./peers/', import.meta.url));
const LOCK = `${FOLDER}package-lock.json`;
/** npm writes it last. */
const INSTALLED = `${FOLDER}node_modules/.package-lock.json`;

/**
 * A module of the packages in `infra/bench/peers/`, which are installed there on the first use.
 * `Module` is what the bench uses of it: its own types are not there when the project compiles.
 *
 * @throws Error when npm cannot install them.
 */
export function loadPeer<Module>(specifier: string): Module {
  installPeers();
  return createRequire(FOLDER)(specifier);
}

function installPeers(): void {
  if (isInstalled()) return;
  process.stderr.write('Installing what this bench compares with: infra/bench/peers (npm ci)\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', ['ci', '--prefix', FOLDER, ...flags], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (cause) {
    const message = 'The packages in infra/bench/peers could not be installed: npm ci failed';
    throw new Error(message, { cause });
  }
}

const isInstalled = (): boolean =>
  existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs;
