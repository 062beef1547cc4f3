import { resolve } from 'node:path';
import { type Config, readConfig } from '../../functions/config.ts';
import { startFault } from './start-fault.ts';
import { type LocalStack, startLocal } from './start-local.ts';

type Fail = (message: string) => never;

/** Runs the local stack until it is told to stop. */
export async function runStack(env: NodeJS.ProcessEnv, fail: Fail): Promise<void> {
  const config = configFrom(env, fail);
  const stack = await startLocal({ config }).catch((error: unknown) => {
    return fail(startFault(error, config));
  });
  stopOnSignal(stack, fail);
  process.stdout.write(`Strata listens on ${stack.url} and keeps its data in ${placeOf(config)}\n`);
}

function placeOf({ durable, dataDir }: Config): string {
  if (durable.kind === 'sqlite') return resolve(dataDir);
  return `Firestore (${durable.projectId ?? 'the project of the credentials'})`;
}

function configFrom(env: NodeJS.ProcessEnv, fail: Fail): Config {
  try {
    return readConfig(env);
  } catch (error) {
    return fail(startFault(error, { host: '', port: 0 }));
  }
}

/** The first signal stops in order; a second one does not wait. */
function stopOnSignal(stack: LocalStack, fail: Fail): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    stack.close().then(
      () => process.exit(0),
      (error: unknown) => fail(startFault(error, { host: '', port: 0 })),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
