import { HELP, parseDemoArguments } from './arguments.ts';
import { DemoError } from './demo-error.ts';

/** `npm run demo`: exit code 0 when every promise was kept. */

process.once('SIGINT', () => process.exit(130));

try {
  const given = parseDemoArguments(process.argv.slice(2));
  if (given.wantsHelp) process.stdout.write(HELP);
  else {
    const { runDemo } = await import('./demo.ts');
    process.exitCode = (await runDemo(given, process.stdout)) ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
}
