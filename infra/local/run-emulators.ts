import type { Fail } from './command-line.ts';
import { configFrom } from './run-stack.ts';
import { startEmulators } from './start-emulators.ts';
import { startFault } from './start-fault.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** Runs the functions on emulators until it is told to stop, or one of them ends. */
export async function runEmulators(env: NodeJS.ProcessEnv, fail: Fail): Promise<void> {
  const config = configFrom(
    { ...env, STRATA_STORE: env['STRATA_STORE']?.trim() || 'firestore' },
    fail,
  );
  // Nothing here is on Google Cloud: the clients need not look for its metadata server.
  process.env['METADATA_SERVER_DETECTION'] ??= 'none';
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const starting = startEmulators({ config, env, say });
  let isStopping = false;
  // From the first moment on: an emulator that was just started must end too.
  stopOnSignal(
    async () => {
      isStopping = true;
      await (await starting).close();
    },
    (error) => fail(startFault(error, config)),
  );
  const stack = await starting.catch((error: unknown) => fail(startFault(error, config)));
  if (isStopping) return;
  const where = Object.entries(stack.servers.env)
    .filter(([name]) => /_EMULATOR_HOST$|^REDIS_URL$/.test(name))
    .map(([name, address]) => `${name}=${address}`);
  process.stdout.write(`Strata listens on ${stack.url} with ${where.join(' ')}\n`);
  const end = await stack.broken;
  if (isStopping) return;
  await stack.close();
  fail(end);
}
