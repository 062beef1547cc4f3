import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import {
  DATABASE_FILE,
  type DurableStores,
  type Embedded,
  openEmbedded,
} from '../components/embedded.ts';
import type { HotRedisAddress } from '../components/hot-redis.ts';
import { systemClock } from '../kernel/clock.ts';
import { StrataOptions, type StrataOptionsInput } from '../options.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { type CountingProxy, countRoundTrips } from './counting-proxy.ts';
import { type StartRedis, UnreliableRedis } from './unreliable-redis.ts';

export interface HotInstance extends Embedded {
  /** Round trips to Redis and durable reads of heads and logs. */
  costOf(call: () => Promise<unknown>): Promise<{ roundTrips: number; reads: number }>;
  readonly proxy: CountingProxy;
}

/** Instances that share one Redis and one durable store. */
export interface HotWorld {
  readonly redis: UnreliableRedis;
  /** Another instance. Nothing but Redis tells it of the commits of the others. */
  instance(options?: StrataOptionsInput, address?: HotRedisAddress): Promise<HotInstance>;
  /** One on the same durable store that knows no Redis: all must answer as it does. */
  reference(options?: StrataOptionsInput): Promise<Embedded>;
}

export interface HotWorldOptions {
  readonly start: StartRedis;
  /** Opens another durable store than SQLite, once per instance. */
  readonly openStores?: () => DurableStores;
}

/** For one test: everything ends with it. */
export async function hotWorld({ start, openStores }: HotWorldOptions): Promise<HotWorld> {
  const redis = await UnreliableRedis.open(start);
  if (!redis) throw new Error('A server could be started before');
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-hot-'));
  const onSqlite = () => openSqlite({ path: join(dataDir, DATABASE_FILE), clock: systemClock });
  const open = openStores ?? onSqlite;
  const opened: Embedded[] = [];
  const proxies: CountingProxy[] = [];
  onTestFinished(async () => {
    await redis.recover();
    for (const one of opened) await one.close();
    for (const proxy of proxies) await proxy.close();
    await redis.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  redis.isFound = async () => {
    const all = await Promise.all(opened.map((one) => one.health()));
    return all.every(({ status }) => status === 'ok');
  };
  return {
    redis,
    async instance(options = {}, address = {}) {
      const proxy = await countRoundTrips(redis.port);
      proxies.push(proxy);
      const { stores, reads } = countReads(open());
      const embedded = await openEmbedded({
        ...{ options: StrataOptions.parse(options), dataDir },
        stores: { ...stores, epoch: () => 0 },
        redis: { redisHost: '127.0.0.1', redisPort: proxy.port, ...address },
      });
      opened.push(embedded);
      const costOf: HotInstance['costOf'] = async (call) => {
        const before = { roundTrips: proxy.roundTrips(), reads: reads() };
        await call();
        return {
          roundTrips: proxy.roundTrips() - before.roundTrips,
          reads: reads() - before.reads,
        };
      };
      return { ...embedded, proxy, costOf };
    },
    async reference(options = {}) {
      const parsed = StrataOptions.parse(options);
      const embedded = await openEmbedded({ options: parsed, dataDir, stores: open() });
      opened.push(embedded);
      return embedded;
    },
  };
}

function countReads(stores: DurableStores): { stores: DurableStores; reads: () => number } {
  let reads = 0;
  const { store } = stores;
  const counted: SessionStore = {
    loadHead: (key) => {
      reads++;
      return store.loadHead(key);
    },
    readLog: (key, query) => {
      reads++;
      return store.readLog(key, query);
    },
    commit: (change) => store.commit(change),
    readSeqs: (key, seqs) => store.readSeqs(key, seqs),
    readDue: (key, query) => store.readDue(key, query),
    readSummaries: (key, query) => store.readSummaries(key, query),
  };
  return { stores: { ...stores, store: counted }, reads: () => reads };
}
