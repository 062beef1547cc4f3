import { cpSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Part of `npm run build`: the compiler leaves out what is not code, such as the packed vocabulary. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DATA = ['shared/**/*.zst', 'shared/**/NOTICE.md'];

for (const file of globSync(DATA, { cwd: ROOT })) {
  cpSync(join(ROOT, file), join(ROOT, 'dist', file));
}
