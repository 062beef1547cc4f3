import { fileURLToPath } from 'node:url';
import { describeRunningAlone } from './runs-alone.contract.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describeRunningAlone('from the sources', () => ROOT);
