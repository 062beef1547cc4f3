import { readConfig } from '../../functions/config.ts';
import { ConfigError } from '../../functions/config-error.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { stopAsked } from '../provision/stop-asked.ts';
import { deployCommands } from './commands.ts';
import { HELP, parseDeployArguments } from './deploy-arguments.ts';
import { DeployStopped, runCommands } from './run-commands.ts';
import { showScript } from './show-script.ts';

/** `npm run deploy`. */
async function main(): Promise<void> {
  const asked = parseDeployArguments(process.argv.slice(2), process.env);
  if (asked.wants === 'help') return say(HELP);
  const { deployment } = asked;
  // A mistake in a variable is found here, not by the first function that does not start.
  readConfig({ ...deployment.env, STRATA_TRUST_IAM: 'true' });
  const commands = deployCommands(deployment);
  if (asked.wants === 'script') return say(showScript(commands));
  await runCommands(commands, { say, isStopped: stopAsked(say) });
  const { region, projectId } = deployment.place;
  say(`\nStrata is at https://${region}-${projectId}.cloudfunctions.net`);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  await main();
} catch (error) {
  const isExpected =
    error instanceof DeployStopped || error instanceof AppError || error instanceof ConfigError;
  const text = isExpected ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`strata: ${text.split('\n').join('\nstrata: ')}\n`);
  process.exitCode = 1;
}
