import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describeRunningAlone } from './runs-alone.contract.ts';

const source = fileURLToPath(new URL('../../', import.meta.url));
const framework = createRequire(import.meta.url)
  .resolve('@google-cloud/functions-framework')
  .replace(/index\.js$/, 'main.js');

describeRunningAlone('from the sources', () => ({ framework, source }));
