import { parseArgs } from 'node:util';
import { readConfig } from '../../functions/config.ts';
import { ConfigError } from '../../functions/config-error.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { placeFrom } from '../provision/provision-arguments.ts';
import { type Check, examine } from './check.ts';
import { showFinding } from './show-finding.ts';

const HELP = `Usage: npm run doctor -- [--url <address>] [--project <id> --region <name>]

Checks an installation of Strata and says what to do about what it finds. It changes nothing.

Without options: what this machine has (Node, the configuration, the store, Redis).
  --url <address>       also a server that runs, for example http://127.0.0.1:8080
  --project, --region   also a deployment on Google Cloud: credentials, what is provisioned, rules,
                        indexes, rights, Redis, clock, whether every function is there and private,
                        dead letters
  --database, --time-zone   as for npm run provision
  --help                this text

It ends with 1 when something fails.
`;

/** `npm run doctor`. */
async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ url: text, project: text, region: text, database: text, 'time-zone': text },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return say(HELP);
  const config = readConfig(process.env);
  say(showFinding('Configuration', { status: 'well', what: 'every variable is known and valid' }));
  const { localChecks } = await import('./local-checks.ts');
  let faults = await run(localChecks(config));
  if (values.url !== undefined) {
    const { serverChecks } = await import('./server-checks.ts');
    faults += await run(serverChecks(values.url));
  }
  if (values.project !== undefined || values.region !== undefined) {
    const place = placeFrom(values, process.env['STRATA_FIRESTORE_DATABASE']);
    const [{ findCredentials }, { openClients }, { cloudChecks }] = await Promise.all([
      import('../provision/find-credentials.ts'),
      import('../provision/clients.ts'),
      import('./cloud-checks.ts'),
    ]);
    const requests = await findCredentials();
    say(showFinding('Credentials', { status: 'well', what: 'found' }));
    const clients = await openClients({ projectId: place.projectId, requests });
    faults += await run(cloudChecks({ clients, place, options: config.options }));
    await clients.close();
  }
  say(faults === 0 ? '\nNothing fails.' : `\n${faults} to mend.`);
  process.exitCode = faults === 0 ? 0 : 1;
}

/** Runs checks one after the other, shows each as it comes, and counts the faults. */
async function run(checks: readonly Check[]): Promise<number> {
  let faults = 0;
  for (const check of checks) {
    const finding = await examine(check);
    if (finding.status === 'fault') faults += 1;
    say(showFinding(check.name, finding));
  }
  return faults;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  await main();
} catch (error) {
  const isExpected =
    error instanceof AppError || error instanceof ConfigError || error instanceof TypeError;
  const text = isExpected ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`strata: ${text.split('\n').join('\nstrata: ')}\n`);
  process.exitCode = 1;
}
