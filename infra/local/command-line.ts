import { parseServeArguments, type ServeArguments } from './serve-arguments.ts';

/** Ends the process with one line per fault. */
export type Fail = (message: string) => never;

interface Command {
  /** How a person calls it. */
  readonly name: string;
  readonly help: string;
  readonly run: (env: NodeJS.ProcessEnv, fail: Fail) => Promise<void>;
}

const NEEDED_NODE = 24;

/** Checks that this Node can run us, reads the arguments, then starts the command or explains it. */
export async function runCommandLine({ name, help, run }: Command): Promise<void> {
  const { node } = process.versions;
  if (Number(node.split('.')[0]) < NEEDED_NODE)
    fail(`Node ${NEEDED_NODE} or newer is needed, this is ${node}: use ${name}.`);
  const { wantsHelp, env } = readArguments(name);
  if (wantsHelp) process.stdout.write(help);
  else await run({ ...process.env, ...env }, fail);
}

function readArguments(name: string): ServeArguments {
  try {
    return parseServeArguments(process.argv.slice(2));
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error} See ${name} -- --help.`);
  }
}

function fail(message: string): never {
  process.stderr.write(`strata: ${message.split('\n').join('\nstrata: ')}\n`);
  process.exit(1);
}
