import type { Config } from '../../functions/config.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import {
  DEMO_PROJECT,
  type Emulator,
  startFirestoreEmulator,
  startPubsubEmulator,
} from '../tooling/emulators.ts';
import { startRedis } from '../tooling/redis-server.ts';

/** What the functions stand on, and how they find it. */
export interface Servers {
  readonly projectId: string;
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface Started {
  readonly variable: string;
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Starts the emulators and a Redis, or takes those that the environment names.
 *
 * @throws AppError with one line that says what to do when one cannot be had; the others are ended.
 */
export async function startServers({ durable }: Config, env: NodeJS.ProcessEnv): Promise<Servers> {
  const starts = [
    startPubsub(),
    redis(env),
    ...(durable.kind === 'firestore' ? [firestore()] : []),
  ];
  const results = await Promise.allSettled(starts);
  const started = results.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const projectId = env['GOOGLE_CLOUD_PROJECT']?.trim() || DEMO_PROJECT;
  return {
    projectId,
    env: {
      ...Object.fromEntries(started.map(({ variable, address }) => [variable, address])),
      GOOGLE_CLOUD_PROJECT: projectId,
      // An emulator may be empty where a Redis that ran before holds heads of another run.
      STRATA_REDIS_PREFIX: env['STRATA_REDIS_PREFIX']?.trim() || `strata-${newId()}`,
      // Nothing here is on Google Cloud: the clients need not look for its metadata server.
      METADATA_SERVER_DETECTION: 'none',
    },
    stop,
  };
}

const startPubsub = () => emulator('PUBSUB_EMULATOR_HOST', 'Pub/Sub', startPubsubEmulator);
const firestore = () => emulator('FIRESTORE_EMULATOR_HOST', 'Firestore', startFirestoreEmulator);

async function emulator(
  variable: string,
  name: string,
  start: () => Promise<Emulator | undefined>,
): Promise<Started> {
  const server = await start();
  if (server) return { variable, address: server.host, stop: () => server.stop() };
  throw new AppError(
    'unavailable',
    `No ${name} emulator could be started: install one (see --help), or name one that runs in ${variable}.`,
  );
}

async function redis(env: NodeJS.ProcessEnv): Promise<Started> {
  const variable = 'REDIS_URL';
  const known = env[variable]?.trim();
  if (known) return { variable, address: known, stop: async () => undefined };
  const server = await startRedis();
  if (server) return { variable, address: server.url, stop: () => server.stop() };
  throw new AppError(
    'unavailable',
    'No Redis could be started: install redis-server, or name one that runs in REDIS_URL.',
  );
}
