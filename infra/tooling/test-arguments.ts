import { parseArgs } from 'node:util';

export const HELP = `Usage: npm test

Checks everything: types, layers, format and lint, then every test, on a Redis and the Firestore and
Pub/Sub emulators. Servers that REDIS_URL, FIRESTORE_EMULATOR_HOST and PUBSUB_EMULATOR_HOST name are used;
the rest is started here and ends with the run. The last line is "N passed, N failed". What could not run
for want of a server is named above it, and fails the run with CI=true.

Parts of it:
  npm run check                      format, lint, types, layers and the unit tests
  npm run test:unit -- <part>        unit tests whose file's name has the part
  npm run test:int -- <part>         tests on real servers, likewise
  npm run test:broken                breaks what keeps each invariant, to see that a test notices

  --help                             this text
`;

/**
 * Whether somebody asked `npm test` for help.
 *
 * @throws TypeError with one line about anything else: a part that was meant would run everything.
 */
export function wantsHelp(argv: readonly string[]): boolean {
  const options = { help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  const [part] = positionals;
  if (part === undefined) return values.help ?? false;
  throw new TypeError(
    `npm test runs everything and takes no "${part}": npm run test:unit -- ${part}, or npm run test:int -- ${part}`,
  );
}
