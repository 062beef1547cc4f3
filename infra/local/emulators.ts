import { runCommandLine } from './command-line.ts';

const HELP = `Usage: npm run start:emulators -- [options]

Runs every function in a process of its own, on the Firestore and Pub/Sub emulators and a Redis,
behind one port in the layout of Cloud Functions. What runs already is used: the emulators that
FIRESTORE_EMULATOR_HOST and PUBSUB_EMULATOR_HOST name, and the Redis at REDIS_URL; the rest is
started here and ends with this command. What an emulator that was started here holds ends with it.

Options
  --port <number>     port to listen on, 0 for any free one (default: PORT, else 8080)
  --data-dir <path>   where SQLite keeps its file, with STRATA_STORE=sqlite (default: .strata)
  --help              this text

Needed: a gcloud with the beta, cloud-firestore-emulator and pubsub-emulator components and Java,
or what "firebase emulators:start" has downloaded; redis-server or valkey-server.
`;

/** `npm run start:emulators`. */
await runCommandLine({
  name: 'npm run start:emulators',
  help: HELP,
  run: async (env, fail) => (await import('./run-emulators.ts')).runEmulators(env, fail),
});
