import type { Cluster, Redis } from 'ioredis';
import { SECOND_MS } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { systemTimers } from '../kernel/timers.ts';
import type { StrataOptions } from '../options.ts';
import { clientOptions, isTls, outageNotice, placeOf, type RedisAddress } from './connect-redis.ts';
import { keepMemorySet } from './hot-redis-memory.ts';
import { redisFault } from './redis-fault.ts';

/** The Redis of the hot tier. */
export interface HotRedisAddress extends RedisAddress {
  /** Host and port, or the URL, name one node of a Redis Cluster. */
  readonly isCluster?: boolean;
  /**
   * Begins every key. Two systems with durable stores of their own must not share one; default:
   * `strata`, and something of the data directory where the durable store is a file.
   */
  readonly redisPrefix?: string;
}

type Tuning = Pick<StrataOptions, 'redisTimeoutMs' | 'maxMemoryMb' | 'maxMemoryPolicy'>;

// A connection that swallows commands for this long is taken for dead and opened again.
const DEAD_AFTER_MS = 10 * SECOND_MS;
// Instances that lost Redis find it again at about the same time: see SharedHotTier.
const RETRY_STEP_MS = 50;
const MAX_RETRY_MS = 500;
// A start waits no longer than this for a cache.
const START_MS = 2 * SECOND_MS;

/**
 * A client of the hot tier's Redis. A server that cannot be reached now is no error: commands fail at
 * once until it is back, and the client tries again by itself.
 */
export async function openHotRedis(
  address: HotRedisAddress,
  options: Tuning,
  log: Logger,
): Promise<Redis | Cluster> {
  const client = address.isCluster
    ? await newCluster(address, options.redisTimeoutMs)
    : await newClient(address, options.redisTimeoutMs);
  const place = placeOf(address);
  const notice = outageNotice(log, place);
  let latest: unknown;
  client.on('error', (error: unknown) => {
    latest = error;
  });
  client.on('reconnecting', () => notice.down(latest));
  client.on('ready', () => notice.up());
  keepMemorySet(client, options, { log, place });
  await within(START_MS, client.connect()).catch((error: unknown) => {
    // Said again with its reason when the connection comes and goes; the durable store answers.
    const cause = latest ?? error;
    const reason = `Redis ${redisFault(cause, isTls(address))}`;
    log.warning(`${reason}; going on without it`, { ...place, error: cause });
  });
  return client;
}

async function newClient(address: HotRedisAddress, timeoutMs: number): Promise<Redis> {
  // Loaded here: a program without Redis does not pay for its client.
  const { Redis: Client } = await import('ioredis');
  const options = {
    ...clientOptions(address, timeoutMs),
    socketTimeout: DEAD_AFTER_MS,
    retryStrategy: retryAfterMs,
  };
  return address.redisUrl ? new Client(address.redisUrl, options) : new Client(options);
}

async function newCluster(address: HotRedisAddress, timeoutMs: number): Promise<Cluster> {
  const { Cluster: Client } = await import('ioredis');
  const { lazyConnect: _, enableOfflineQueue: __, ...node } = clientOptions(address, timeoutMs);
  const { host: ___, port: ____, ...redisOptions } = { ...node, ...credentialsOf(address) };
  return new Client([placeOf(address)], {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryAfterMs,
    redisOptions: { ...redisOptions, socketTimeout: DEAD_AFTER_MS },
  });
}

const retryAfterMs = (attempt: number): number => Math.min(attempt * RETRY_STEP_MS, MAX_RETRY_MS);

/** A cluster's client takes no URL for what its nodes have in common. */
function credentialsOf({ redisUrl }: RedisAddress) {
  if (!redisUrl) return {};
  const { username, password } = new URL(redisUrl);
  return {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
  };
}

/** The servers that hold keys. */
export const nodesOf = (client: Redis | Cluster): readonly Redis[] =>
  'nodes' in client ? client.nodes('master') : [client];

/** Rejects when the work is not done in time; the work goes on. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = systemTimers.after(ms, () => reject(new Error(`No connection within ${ms} ms`)));
  });
  try {
    await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
