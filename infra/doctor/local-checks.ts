import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../functions/config.ts';
import { openSqlite } from '../../shared/adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE } from '../../shared/components/embedded.ts';
import { tokenCounterFor } from '../../shared/components/token-counter-for.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { type Check, type Finding, fault, warning, well } from './check.ts';
import { redisChecks } from './redis-checks.ts';

const NEEDED_NODE = 24;
/** Names that Gemma's vocabulary counts as this many tokens: see the counter's own tests. */
const PROBE = { text: 'Hello, world!', tokens: 4 } as const;

/** What an installation on this machine stands on. */
export const localChecks = (config: Config): readonly Check[] => [
  { name: 'Node', run: async () => nodeFinding(process.versions.node) },
  { name: 'Token counter', run: () => counterFinding(config) },
  ...(config.durable.kind === 'sqlite'
    ? [{ name: 'Data directory', run: () => storeFinding(config.dataDir) }]
    : [{ name: 'Firestore', run: () => firestoreFinding(config) }]),
  ...(config.redis ? redisChecks(config.redis, config.options) : []),
];

export function nodeFinding(version: string): Finding {
  if (Number(version.split('.')[0]) >= NEEDED_NODE) return well(version);
  return fault(version, `Use Node ${NEEDED_NODE}: npm ci brings it, and npm run finds it.`);
}

async function counterFinding({ options }: Config): Promise<Finding> {
  const counter = tokenCounterFor(options.tokenCounter);
  const tokens = await counter.count(PROBE.text);
  const isExact = options.tokenCounter === 'gemini';
  if (isExact && tokens !== PROBE.tokens)
    return fault(
      `counts ${tokens} tokens in "${PROBE.text}", not ${PROBE.tokens}`,
      'The vocabulary file is damaged: npm ci, or npm run tokens:pack.',
    );
  return well(counter.name);
}

async function storeFinding(dataDir: string): Promise<Finding> {
  const path = resolve(dataDir);
  try {
    await access(nearestThere(path), constants.W_OK);
  } catch {
    return fault(`${path} cannot be written`, 'Choose another one with STRATA_DATA_DIR.');
  }
  const isThere = await access(join(path, DATABASE_FILE)).then(
    () => true,
    () => false,
  );
  if (!isThere) return well(`${path}, empty`);
  const stores = openSqlite({ path: join(path, DATABASE_FILE), clock: systemClock });
  try {
    await stores.index.listSessions('', { limit: 1 });
    const letters = await stores.deadLetters.list(100);
    if (letters.length === 0) return well(path);
    return warning(
      `${path}, with ${letters.length === 100 ? '100 or more' : letters.length} dead letters`,
      'Look at their reasons in the table dead_letters, mend the cause, and send them again.',
    );
  } finally {
    stores.close();
  }
}

/** The folder itself, or the one in which it would be made. */
const nearestThere = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : nearestThere(dirname(path));

async function firestoreFinding({ durable }: Config): Promise<Finding> {
  if (durable.kind !== 'firestore') throw new TypeError('expected Firestore');
  const { connectFirestore } = await import('../../shared/adapters/firestore/connect.ts');
  const firestore = await connectFirestore(durable);
  try {
    await firestore.collection('sessions').limit(1).get();
    const emulator = process.env['FIRESTORE_EMULATOR_HOST'];
    return well(emulator ? `emulator at ${emulator}` : (durable.projectId ?? 'your project'));
  } catch (error) {
    const text = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
    return fault(
      text.slice(0, 200),
      'Check GOOGLE_CLOUD_PROJECT, for an emulator FIRESTORE_EMULATOR_HOST, and log in: gcloud auth application-default login',
    );
  } finally {
    await firestore.terminate();
  }
}
