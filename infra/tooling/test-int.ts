import { concludeWith, runTests } from './run-tests.ts';

const HELP = `Usage: npm run test:int -- [part of a file's name] [-t <a test's name>] [options of vitest]

The tests on real servers. Those that REDIS_URL, FIRESTORE_EMULATOR_HOST and PUBSUB_EMULATOR_HOST name are
used, as "firebase emulators:exec" sets them; the rest is started here and ends with the run.
`;

/** `npm run test:int`, with more arguments of vitest. */
const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) process.stdout.write(HELP);
else await concludeWith(() => runTests(['--project', 'int', ...args]));
