import { runCommandLine } from './command-line.ts';
import { HELP } from './serve-arguments.ts';

/** `npm start`; everything else is loaded once it is sure that this Node can run it. */
await runCommandLine({
  name: 'npm start',
  help: HELP,
  run: async (env, fail) => (await import('./run-stack.ts')).runStack(env, fail),
});
