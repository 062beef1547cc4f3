import type { Redis, RedisOptions } from 'ioredis';
import { AppError } from '../kernel/app-error.ts';
import { SECOND_MS } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import type { Logger } from '../kernel/logger.ts';
import { redisFault } from './redis-fault.ts';
import { tlsOptions } from './redis-tls.ts';
import { refusal } from './refusal.ts';

/** Where a Redis is, and how to get in. */
export interface RedisAddress {
  /** Default `localhost` where only the port is given. */
  readonly redisHost?: string;
  /** Default 6379. */
  readonly redisPort?: number;
  /** `redis://…` or `rediss://…`; wins over host and port. */
  readonly redisUrl?: string;
  /** A user of the server's access control list; default: its default user. */
  readonly redisUsername?: string;
  readonly redisPassword?: string;
  /** Whether the connection is encrypted. Default: with `rediss://` and with `redisCa`. */
  readonly tls?: boolean;
  /**
   * The authority that signs the server's certificate, as PEM text or the path of a PEM file; turns
   * TLS on. Memorystore has one of its own for each instance. Default: those that Node trusts.
   */
  readonly redisCa?: string;
}

/** The names of an address's fields. */
export const ADDRESS_TAKEN: Readonly<Record<keyof RedisAddress, true>> = {
  redisHost: true,
  redisPort: true,
  redisUrl: true,
  redisUsername: true,
  redisPassword: true,
  tls: true,
  redisCa: true,
};

const CONNECT_TIMEOUT_MS = 5 * SECOND_MS;
// A cache that takes longer than this costs more than it saves.
const COMMAND_TIMEOUT_MS = SECOND_MS;

/**
 * A connected client. Later outages are mended in the background; commands fail at once meanwhile,
 * instead of waiting in a queue.
 *
 * @throws AppError `unavailable` naming host and port when the server cannot be reached or does not let
 *   us in, and why; `invalid-argument` for an authority that is none.
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
    const cause = latest ?? thrown;
    const fault = redisFault(cause, isTls(address));
    throw new AppError('unavailable', `Redis at ${place.host}:${place.port} ${fault}`, {
      cause,
      details: { ...place },
    });
  }
}

/** @throws AppError `invalid-argument` for a URL that is no address of a Redis. */
export function assertRedisAddress({ redisUrl }: RedisAddress): void {
  if (!redisUrl || (/^rediss?:/.test(redisUrl) && URL.canParse(redisUrl))) return;
  throw refusal([{ path: 'redisUrl', message: 'must be an address, redis://… or rediss://…' }]);
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

export const isTls = ({ redisUrl, tls = false, redisCa }: RedisAddress): boolean =>
  tls || redisCa !== undefined || redisUrl?.startsWith('rediss:') === true;

export function clientOptions(
  address: RedisAddress,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
): Omit<RedisOptions, 'replyMapping'> {
  const { redisUrl, redisUsername: username, redisPassword: password, redisCa } = address;
  return {
    ...(redisUrl ? {} : placeOf(address)),
    ...dropAbsent({ username, password }),
    ...(isTls(address) ? { tls: tlsOptions(redisCa) } : {}),
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
