import { join } from 'node:path';
import { readConfig } from '../../../functions/config.ts';
import { openSqlite } from '../../../shared/adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE } from '../../../shared/components/embedded.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { faultyStores } from '../../../shared/testing/faulty-stores.ts';
import { startLocal } from '../../local/start-local.ts';

/** What the load tells its server: the share of durable calls that go wrong, or to end. */
export type Order = { readonly share: number } | 'memory' | 'end';
/** What the server tells: where it listens, or the bytes of its heap after a collection. */
export type Report = { readonly url: string } | { readonly heapUsedBytes: number };

/** Longer than what any store should take, shorter than what a client waits. */
const SLOW_MS = 1_000;

/**
 * The local stack in a process of its own, on SQLite that behaves like a store behind a network, and
 * on the Redis of the environment. It takes orders from the process that started it.
 */
const config = readConfig(process.env);
const faults = { share: 0, slowMs: SLOW_MS };
const sqlite = openSqlite({ path: join(config.dataDir, DATABASE_FILE), clock: systemClock });
const stack = await startLocal({ config, stores: faultyStores(sqlite, faults) });

const report = (what: Report) => process.send?.(what);
process.on('message', (order: Order) => {
  if (order === 'end') void stack.close().then(() => process.disconnect());
  else if (order === 'memory') {
    globalThis.gc?.();
    report({ heapUsedBytes: process.memoryUsage().heapUsed });
  } else faults.share = order.share;
});
report({ url: stack.url });
