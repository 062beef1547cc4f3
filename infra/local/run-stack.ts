import { resolve } from 'node:path';
import { type Config, readConfig } from '../../functions/config.ts';
import type { Fail } from './command-line.ts';
import { startFault } from './start-fault.ts';
import { startLocal } from './start-local.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** Runs the local stack until it is told to stop. */
export async function runStack(env: NodeJS.ProcessEnv, fail: Fail): Promise<void> {
  const config = configFrom(env, fail);
  const stack = await startLocal({ config }).catch((error: unknown) => {
    return fail(startFault(error, config));
  });
  stopOnSignal(
    () => stack.close(),
    (error) => fail(startFault(error, config)),
  );
  process.stdout.write(`Strata listens on ${stack.url} and keeps its data in ${placeOf(config)}\n`);
}

function placeOf({ durable, dataDir }: Config): string {
  if (durable.kind === 'sqlite') return resolve(dataDir);
  return `Firestore (${durable.projectId ?? 'the project of the credentials'})`;
}

/** The configuration, or the end with a line for every fault. */
export function configFrom(env: NodeJS.ProcessEnv, fail: Fail): Config {
  try {
    return readConfig(env);
  } catch (error) {
    return fail(startFault(error, { host: '', port: 0 }));
  }
}
