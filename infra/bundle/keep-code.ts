import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FunctionName } from '../../shared/topology.ts';
import type { Bundle } from './bundle-function.ts';
import { linkFramework, removeModules } from './layout.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'exercise.ts');

/** Those that somebody waits for. The others are called by Pub/Sub and the Scheduler. */
export const KEEPS_CODE: readonly FunctionName[] = ['write-items', 'read-items', 'erase-user'];

/** A bundle that was written and does not run: the message is what it printed. */
export class BundleFault extends Error {
  override readonly name = 'BundleFault';

  constructor(name: FunctionName, cause: unknown) {
    const printed = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    super(`The bundle of ${name} does not run:\n${printed || String(cause)}`, { cause });
  }
}

/**
 * Runs the bundle once and ships what V8 compiled. `servers` names a Redis and an emulator of
 * Firestore for the run; what is not named is not run, and compiled at the cold start as ever.
 */
export async function keepCode(
  { name, dir }: Bundle,
  servers: Readonly<Record<string, string>>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-exercise-'));
  const { PATH, HOME } = process.env;
  const env = {
    ...{ PATH, HOME, NODE_ENV: 'production', STRATA_LOG: 'off', STRATA_BUS: 'embedded' },
    ...{ METADATA_SERVER_DETECTION: 'none', STRATA_DATA_DIR: dataDir, ...servers },
  };
  linkFramework(dir);
  try {
    await run(process.execPath, [PROGRAM, dir, name], { env }).catch((error: unknown) => {
      throw new BundleFault(name, error);
    });
  } finally {
    removeModules(dir);
    await rm(dataDir, { recursive: true, force: true });
  }
}
