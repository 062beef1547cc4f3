import { startFirestoreEmulator, startPubsubEmulator } from './emulators.ts';
import { startRedis } from './redis-server.ts';

/** Servers that integration tests need. */
export interface TestServers {
  /** Where the tests find them. */
  readonly env: Readonly<Record<string, string>>;
  /** Says of each where it is, and whether it was started here. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

interface Started {
  readonly address: string;
  stop(): Promise<void>;
}

const STARTERS: Readonly<Record<string, () => Promise<Started | undefined>>> = {
  REDIS_URL: async () => {
    const known = process.env['REDIS_URL'];
    if (known) return { address: known, stop: async () => undefined };
    const redis = await startRedis();
    return redis && { address: redis.url, stop: () => redis.stop() };
  },
  FIRESTORE_EMULATOR_HOST: async () => addressed(await startFirestoreEmulator()),
  PUBSUB_EMULATOR_HOST: async () => addressed(await startPubsubEmulator()),
};

/**
 * Starts a Redis and the emulators for the tests, or uses those that `REDIS_URL`,
 * `FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST` name. Where one cannot be had the tests that
 * need it say so themselves (see `missing.ts`).
 */
export async function startServers(): Promise<TestServers> {
  const servers = await Promise.all(
    Object.entries(STARTERS).map(async ([variable, start]) => {
      const server = await start().catch((error: unknown) => {
        // What does not start is named at the end of the run by the tests that miss it.
        console.error(`${variable} is not set: ${error instanceof Error ? error.message : error}`);
        return undefined;
      });
      return { variable, server };
    }),
  );
  const found = servers.flatMap(({ variable, server }) => (server ? [{ variable, server }] : []));
  return {
    env: {
      ...Object.fromEntries(found.map(({ variable, server }) => [variable, server.address])),
      // No test runs on Google Cloud: the clients need not look for its metadata server.
      METADATA_SERVER_DETECTION: 'none',
    },
    lines: servers.map(({ variable, server }) => lineOf(variable, server)),
    async stop() {
      await Promise.all(found.map(({ server }) => server.stop()));
    },
  };
}

function lineOf(variable: string, server: Started | undefined): string {
  if (!server) return `✗ ${variable} is not set, and none could be started`;
  const isGiven = Boolean(process.env[variable]?.trim());
  const address = server.address.replace(/\/\/[^/]*@/, '//…@'); // It may hold a password.
  return `✓ ${variable}=${address} (${isGiven ? 'given' : 'started'})`;
}

const addressed = (
  emulator: { readonly host: string; stop(): Promise<void> } | undefined,
): Started | undefined => emulator && { address: emulator.host, stop: () => emulator.stop() };
