import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { dyingStores } from '../testing/dying-stores.ts';
import { describeCrashPoints } from './crash-points.contract.ts';

describeCrashPoints('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'strata-crash-'));
  const path = join(directory, 'strata.db');
  return {
    open: (clock, maxWrites) => dyingStores(openSqlite({ path, clock }), maxWrites),
    async count(kinds) {
      const db = new DatabaseSync(path);
      const counts = kinds.map((kind) =>
        Number(db.prepare(`SELECT count(*) AS rows FROM ${kind}`).get()?.['rows']),
      );
      db.close();
      return counts;
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
});
