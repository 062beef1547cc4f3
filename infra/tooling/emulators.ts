import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../local/child.ts';
import { startServer } from './server-process.ts';

/** An emulator that takes requests. */
export interface Emulator {
  /** `host:port`, as the clients' environment variables want it. */
  readonly host: string;
  /** Ends an emulator that was started here; one that ran before stays. */
  stop(): Promise<void>;
}

interface EmulatorKind {
  readonly name: string;
  /** The variable that names one that runs already. */
  readonly variable: string;
  /** The command, `undefined` where its program is not installed; first come, first taken. */
  readonly commands: readonly ((
    port: number,
    directory: string,
  ) => readonly string[] | undefined)[];
}

const ADDRESS = '127.0.0.1';
/** The project name of every local run: a `demo-` project can reach nothing real. */
export const DEMO_PROJECT = 'demo-strata';

const FIRESTORE: EmulatorKind = {
  name: 'Firestore emulator',
  variable: 'FIRESTORE_EMULATOR_HOST',
  commands: [
    (port) => gcloud('emulators', 'firestore', 'start', `--host-port=${ADDRESS}:${port}`),
    (port) => {
      const jar = newestCached('cloud-firestore-emulator-v*.jar');
      return jar === undefined
        ? undefined
        : ['java', '-jar', jar, '--host', ADDRESS, '--port', String(port)];
    },
  ],
};

const PUBSUB: EmulatorKind = {
  name: 'Pub/Sub emulator',
  variable: 'PUBSUB_EMULATOR_HOST',
  commands: [
    (port, directory) =>
      gcloud(
        ...['beta', 'emulators', 'pubsub', 'start', `--host-port=${ADDRESS}:${port}`],
        ...[`--data-dir=${directory}`, `--project=${DEMO_PROJECT}`],
      ),
    (port) => {
      const binary = newestCached('pubsub-emulator-*/pubsub-emulator/bin/cloud-pubsub-emulator');
      return binary === undefined ? undefined : [binary, `--host=${ADDRESS}`, `--port=${port}`];
    },
  ],
};

/** A Firestore emulator that keeps nothing; `undefined`: it cannot be had here, and why was said. */
export const startFirestoreEmulator = (): Promise<Emulator | undefined> => start(FIRESTORE);

/** A Pub/Sub emulator that keeps nothing; `undefined`: it cannot be had here, and why was said. */
export const startPubsubEmulator = (): Promise<Emulator | undefined> => start(PUBSUB);

async function start({ name, variable, commands }: EmulatorKind): Promise<Emulator | undefined> {
  const running = process.env[variable]?.trim();
  if (running) return { host: running, stop: async () => undefined };
  const directory = await mkdtemp(join(tmpdir(), 'strata-emulator-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  for (const commandFor of commands) {
    const port = await freePort();
    const command = commandFor(port, directory);
    if (!command) continue;
    const host = `${ADDRESS}:${port}`;
    try {
      // Prompts off: the CLI installs a missing component where it may, instead of waiting.
      const env = { CLOUDSDK_CORE_DISABLE_PROMPTS: '1' };
      const server = await startServer({ command, env, readyUrl: `http://${host}/` });
      const stop = async () => {
        await server.stop();
        await remove();
      };
      return { host, stop };
    } catch (error) {
      // The next way may work; without one, the caller goes on without this emulator.
      console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  await remove();
  return undefined;
}

function gcloud(...args: readonly string[]): readonly string[] | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, 'gcloud')))
    ? ['gcloud', ...args, '--quiet']
    : undefined;
}

/** What `firebase emulators:start` downloaded, the newest version. */
function newestCached(pattern: string): string | undefined {
  const cache = join(homedir(), '.cache', 'firebase', 'emulators');
  const versions = new Intl.Collator('en', { numeric: true });
  return globSync(join(cache, pattern)).toSorted(versions.compare).at(-1);
}
