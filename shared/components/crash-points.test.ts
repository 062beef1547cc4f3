import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { describeCrashPoints } from './crash-points.contract.ts';

describeCrashPoints('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'strata-crash-'));
  return {
    open: (clock) => openSqlite({ path: join(directory, 'strata.db'), clock }),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
});
