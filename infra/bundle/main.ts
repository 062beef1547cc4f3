import { join, relative } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import { BUNDLES } from '../deploy/commands.ts';
import { DEMO_PROJECT, startFirestoreEmulator } from '../tooling/emulators.ts';
import { startRedis } from '../tooling/redis-server.ts';
import { bundleFunction, sizeOf } from './bundle-function.ts';
import { ROOT } from './chunks-of.ts';
import { BundleFault, KEEPS_CODE, keepCode } from './keep-code.ts';

const HELP = `npm run bundle [-- --function NAME]

Writes what is deployed: a folder for each function in ${BUNDLES}, with all of its code.

  --function NAME  only this one of ${FUNCTIONS.join(', ')}
  --help           this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { function: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return say(HELP.trimEnd());
  const chosen = FUNCTIONS.filter((name) => (values.function ?? name) === name);
  if (chosen.length === 0)
    throw new TypeError(`No function is called ${values.function}: take ${FUNCTIONS.join(', ')}`);
  await bundleAll(chosen);
}

async function bundleAll(names: readonly FunctionName[]): Promise<void> {
  const needsServers = names.some((name) => KEEPS_CODE.includes(name));
  const [redis, emulator] = needsServers
    ? await Promise.all([startRedis(), startFirestoreEmulator()])
    : [];
  const servers = {
    ...(redis && { REDIS_URL: redis.url }),
    ...(emulator && { FIRESTORE_EMULATOR_HOST: emulator.host, GOOGLE_CLOUD_PROJECT: DEMO_PROJECT }),
  };
  if (needsServers && !redis) say('No redis-server: Redis adds to the time of a cold start');
  if (needsServers && !emulator) say('No Firestore emulator: Firestore adds to it');
  try {
    for (const name of names) await bundleOne(name, servers);
  } finally {
    await redis?.stop();
    await emulator?.stop();
  }
}

async function bundleOne(
  name: FunctionName,
  servers: Readonly<Record<string, string>>,
): Promise<void> {
  const startedAtMs = performance.now();
  const bundle = await bundleFunction(name, join(ROOT, BUNDLES, name));
  if (KEEPS_CODE.includes(name)) await keepCode(bundle, servers);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  const megabytes = (sizeOf(bundle.dir) / 1e6).toFixed(2);
  say(`${name.padEnd(18)} ${megabytes} MB in ${relative(ROOT, bundle.dir)} (${seconds} s)`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  // What a person typed wrong needs no stack.
  const isExpected = error instanceof TypeError || error instanceof BundleFault;
  const text = isExpected ? error.message : inspect(error);
  process.stderr.write(`strata: ${text.split('\n').join('\nstrata: ')}\n`);
  process.exitCode = 1;
}
