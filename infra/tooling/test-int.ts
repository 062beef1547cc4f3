import { concludeWith, runTests } from './run-tests.ts';

/**
 * `npm run test:int`: the tests on real servers, with more arguments of vitest (a part of a file's
 * name, `-t` and a test's). Servers that the environment names are used, as those that
 * `firebase emulators:exec` starts; the rest is started here and ends with the run.
 */
await concludeWith(() => runTests(['--project', 'int', ...process.argv.slice(2)]));
