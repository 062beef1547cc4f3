import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { FUNCTIONS } from '../../shared/topology.ts';
import { BUNDLES } from '../deploy/commands.ts';
import { bundleFunction, sizeOf } from './bundle-function.ts';
import { ROOT } from './chunks-of.ts';

const HELP = `npm run bundle [-- --function NAME]

Writes what is deployed: a folder for each function in ${BUNDLES}, with all of its code.

  --function NAME  only this one of ${FUNCTIONS.join(', ')}
  --help           this text
`;

const { values } = parseArgs({
  options: { function: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
const chosen = FUNCTIONS.filter((name) => (values.function ?? name) === name);

if (values.help) process.stdout.write(HELP);
else if (chosen.length === 0) {
  process.stderr.write(`No function is called ${values.function}: take ${FUNCTIONS.join(', ')}\n`);
  process.exitCode = 1;
} else {
  for (const name of chosen) {
    const startedAtMs = performance.now();
    const { dir } = await bundleFunction(name, join(ROOT, BUNDLES, name));
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    const megabytes = (sizeOf(dir) / 1e6).toFixed(2);
    process.stdout.write(
      `${name.padEnd(18)} ${megabytes} MB in ${relative(ROOT, dir)} (${seconds} s)\n`,
    );
  }
}
