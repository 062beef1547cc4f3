import { join } from 'node:path';
import { openConnection } from '../adapters/sqlite/connection.ts';
import { portsOn } from '../adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE, type DurableStores } from '../components/embedded.ts';
import type { Clock } from '../kernel/clock.ts';

/**
 * The embedded store on its file, but without waiting for the disk: half the time of a test that
 * commits thousands of times, and the same for all but a loss of power.
 */
export function openUnsynced(clock: Clock, dataDir: string): DurableStores {
  const db = openConnection(join(dataDir, DATABASE_FILE));
  db.exec('PRAGMA synchronous = OFF');
  const close = () => {
    if (db.isOpen) db.close();
  };
  return { ...portsOn(db, clock), close };
}
