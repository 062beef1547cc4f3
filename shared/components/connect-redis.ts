import type { Redis, RedisOptions } from 'ioredis';
import { AppError } from '../kernel/app-error.ts';
import { SECOND_MS } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';

/** Where a Redis is, and how to get in. */
export interface RedisAddress {
  readonly redisHost?: string;
  readonly redisPort?: number;
  /** `redis://…` or `rediss://…`; wins over host and port. */
  readonly redisUrl?: string;
  readonly redisPassword?: string;
  readonly tls?: boolean;
}

const CONNECT_TIMEOUT_MS = 5 * SECOND_MS;
// A cache that takes longer than this costs more than it saves.
const COMMAND_TIMEOUT_MS = SECOND_MS;

/**
 * A connected client. Later outages are mended in the background; commands fail at once meanwhile,
 * instead of waiting in a queue.
 *
 * @throws AppError `unavailable` naming host and port when the server cannot be reached.
 */
export async function connectRedis(address: RedisAddress, log: Logger): Promise<Redis> {
  const place = placeOf(address);
  // Loaded here: a program without Redis does not pay for its client.
  const { Redis: Client } = await import('ioredis');
  const options = clientOptions(address);
  const redis = address.redisUrl ? new Client(address.redisUrl, options) : new Client(options);
  let latest: unknown;
  const notice = outageNotice(log, place);
  redis.on('error', (error: unknown) => {
    latest = error;
  });
  // Only after a connection that nobody ended: a refused first one and our own end are no outage.
  redis.on('reconnecting', () => notice.down(latest));
  redis.on('ready', () => notice.up());
  try {
    await redis.connect();
    notice.up();
    return redis;
  } catch (thrown) {
    redis.disconnect();
    throw new AppError('unavailable', `Redis at ${place.host}:${place.port} cannot be reached`, {
      cause: latest ?? thrown,
      details: { ...place },
    });
  }
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

export function placeOf({
  redisUrl,
  redisHost = 'localhost',
  redisPort = 6_379,
}: RedisAddress): Place {
  if (!redisUrl) return { host: redisHost, port: redisPort };
  const { hostname, port } = new URL(redisUrl);
  return { host: hostname, port: Number(port || 6_379) };
}

export function clientOptions(
  address: RedisAddress,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
): Omit<RedisOptions, 'replyMapping'> {
  const { redisUrl, redisPassword, tls = false } = address;
  return {
    ...(redisUrl ? {} : placeOf(address)),
    ...(redisPassword === undefined ? {} : { password: redisPassword }),
    ...(tls ? { tls: {} } : {}),
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Servers before Redis 6 know no other.
    protocol: 2,
  };
}

/** One line when an outage begins and one when it ends, whatever the number of attempts between. */
export function outageNotice(log: Logger, place: Place) {
  let isConnected = false;
  let isDown = false;
  return {
    up() {
      if (isDown) log.info('Redis is back', { ...place });
      isConnected = true;
      isDown = false;
    },
    down(error: unknown) {
      if (isConnected && !isDown) {
        isDown = true;
        log.warning('Redis cannot be reached; trying again', { ...place, error });
      }
    },
  };
}
