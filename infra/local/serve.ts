import { HELP, parseServeArguments } from './serve-arguments.ts';

/** `npm start`: checks that this Node can run us, then loads and starts everything. */

const NEEDED_NODE = 24;

function fail(message: string): never {
  process.stderr.write(`strata: ${message.split('\n').join('\nstrata: ')}\n`);
  process.exit(1);
}

function readArguments() {
  try {
    return parseServeArguments(process.argv.slice(2));
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error} See npm start -- --help.`);
  }
}

if (Number(process.versions.node.split('.')[0]) < NEEDED_NODE)
  fail(`Node ${NEEDED_NODE} or newer is needed, this is ${process.versions.node}: use npm start.`);

const { wantsHelp, env } = readArguments();
if (wantsHelp) process.stdout.write(HELP);
else await (await import('./run-stack.ts')).runStack({ ...process.env, ...env }, fail);
