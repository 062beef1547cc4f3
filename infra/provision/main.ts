import { createInterface } from 'node:readline/promises';
import { readConfig } from '../../functions/config.ts';
import { ConfigError } from '../../functions/config-error.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { HalfApplied } from './apply-plan.ts';
import { findCredentials } from './find-credentials.ts';
import { HELP, parseProvisionArguments } from './provision-arguments.ts';
import { stopAsked } from './stop-asked.ts';

/** `npm run provision`. */
async function main(): Promise<void> {
  const database = process.env['STRATA_FIRESTORE_DATABASE'];
  const asked = parseProvisionArguments(process.argv.slice(2), database);
  if (asked.wants === 'help') return say(HELP);
  const { options } = readConfig(process.env);
  // Loaded here: help and mistakes need no client.
  const [{ openClients }, { provision }] = await Promise.all([
    import('./clients.ts'),
    import('./provision.ts'),
  ]);
  const requests = await findCredentials();
  const clients = await openClients({ projectId: asked.place.projectId, requests });
  try {
    await provision(asked, { clients, options, say, confirm, isStopped: stopAsked(say) });
  } finally {
    await clients.close();
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Without a terminal nobody can answer, so the answer is no. */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    say('Say --yes to remove without being asked.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (yes/no) `);
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}

try {
  await main();
} catch (error) {
  const isExpected =
    error instanceof HalfApplied || error instanceof AppError || error instanceof ConfigError;
  const text = isExpected ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`strata: ${text.split('\n').join('\nstrata: ')}\n`);
  process.exitCode = 1;
}
