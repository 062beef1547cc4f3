import type { Redis } from 'ioredis';
import { LruKeyValueCache } from '../adapters/in-process/key-value-cache.ts';
import { RedisKeyValueCache } from '../adapters/redis/key-value-cache.ts';
import { configureMemory } from '../adapters/redis/memory-policy.ts';
import { growth } from '../domain/metrics/cache-figures.ts';
import { AppError } from '../kernel/app-error.ts';
import { type Clock, SECOND_MS, systemClock } from '../kernel/clock.ts';
import type { Json } from '../kernel/json.ts';
import { lazy } from '../kernel/lazy.ts';
import { type Logger, silentLogger } from '../kernel/logger.ts';
import type { StrataOptions } from '../options.ts';
import type { CacheStats } from '../ports/head-cache.ts';
import type { KeyValueCache } from '../ports/key-value-cache.ts';
import {
  ADDRESS_TAKEN,
  assertRedisAddress,
  connectRedis,
  type RedisAddress,
} from './connect-redis.ts';
import { readOptions } from './read-options.ts';
import { refusal } from './refusal.ts';
import type { Tuning } from './tuning.ts';

/** The seed's options. Without `redisHost` and `redisUrl` the cache lives in this process. */
export interface RedisLruCacheOptions
  extends Pick<Tuning, 'maxMemoryMb' | 'maxMemoryPolicy' | 'defaultTtl'>,
    RedisAddress {
  /** Begins every key of this cache, followed by a colon. Default `strata-cache`. */
  readonly keyPrefix?: string;
  /** Tells the time. Default: the system's. */
  readonly clock?: Clock;
  /** Takes log lines; `jsonLogger` writes them. Default: none are written. */
  readonly log?: Logger;
}

const TAKEN: Readonly<Record<keyof RedisLruCacheOptions, true>> = {
  maxMemoryMb: true,
  maxMemoryPolicy: true,
  defaultTtl: true,
  ...ADDRESS_TAKEN,
  keyPrefix: true,
  clock: true,
  log: true,
};

export interface RedisLruCacheStats extends CacheStats {
  /** Hits over lookups since `connect`, from 0 to 1; absent before the first lookup. */
  readonly hitRate: number | undefined;
  /** Evictions per second since `connect`. */
  readonly evictionRate: number;
  /** Lookups that got no answer from Redis; they count as misses too. */
  readonly failures: number;
  readonly isInProcess: boolean;
  /** Redis keeps its own memory limit and policy: it refused ours, as managed servers do. */
  readonly isConfigManaged: boolean;
}

/** What `connect` found, and what is needed to end it. */
interface Connection {
  readonly cache: KeyValueCache;
  readonly isConfigManaged: boolean;
  /** The server's counters when this began, which may have counted for long. */
  readonly baseline: CacheStats;
  readonly connectedAtMs: number;
  readonly end: () => Promise<void>;
}

const MIB = 1_024 * 1_024;

/**
 * The seed's `RedisLRUCache`: JSON values by key that expire and are evicted when memory runs out,
 * in Redis or, without one, in this process. Losing any of it must be harmless.
 */
export class RedisLruCache {
  readonly #given: RedisLruCacheOptions;
  readonly #options: StrataOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  #open: () => Promise<Connection>;
  #connection: Connection | undefined;
  #failures = 0;

  /** @throws AppError `invalid-argument` when an option is unknown or out of bounds. */
  constructor(given: RedisLruCacheOptions = {}) {
    this.#given = given;
    this.#options = readOptions(given, TAKEN);
    assertRedisAddress(given);
    this.#clock = given.clock ?? systemClock;
    this.#log = given.log ?? silentLogger;
    this.#open = lazy(() => this.#connect());
  }

  /**
   * Needed before everything else. Sets Redis's memory limit and eviction policy where it lets us.
   * @throws AppError `unavailable` naming host and port when Redis cannot be reached.
   */
  async connect(): Promise<void> {
    this.#connection = await this.#open();
  }

  /** Ends the connection. What is in Redis stays there; what is in this process is forgotten. */
  async disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#open = lazy(() => this.#connect());
    await connection?.end();
  }

  /** `undefined`: not there, expired, evicted, or Redis gave no answer (counted in `failures`). */
  async get(key: string): Promise<Json | undefined> {
    const { cache } = this.#connected();
    const text = await cache.get(keyOf(key)).catch((thrown: unknown) => {
      // A cache that is down is a cache without the key: the caller has the original.
      if (AppError.from(thrown).code !== 'unavailable') throw thrown;
      this.#failures++;
      return undefined;
    });
    return text === undefined ? undefined : jsonOf(text);
  }

  /**
   * Keeps a JSON value for `ttlSeconds`, by default `defaultTtl`.
   * @throws AppError `invalid-argument` for a value that is not JSON or a time that is not positive;
   *   `unavailable` when Redis gives no answer: an older value may then still be there.
   */
  async set(key: string, value: Json, ttlSeconds = this.#options.defaultTtl): Promise<void> {
    const { cache } = this.#connected();
    if (!(ttlSeconds > 0 && ttlSeconds < Number.POSITIVE_INFINITY)) {
      throw refusal([{ path: 'ttlSeconds', message: `must be positive, got ${ttlSeconds}` }]);
    }
    await cache.set(keyOf(key), textOf(value), ttlSeconds * SECOND_MS);
  }

  /**
   * Forgets a key; says whether it was there.
   * @throws AppError `unavailable` when Redis gives no answer: the value may then still be there.
   */
  async delete(key: string): Promise<boolean> {
    return this.#connected().cache.delete(keyOf(key));
  }

  /** Forgets every key of this prefix. @throws AppError `unavailable` like `delete`. */
  async clear(): Promise<void> {
    await this.#connected().cache.clear();
  }

  /**
   * How the cache does since `connect`. With Redis these are the server's figures, which include
   * what others do there. @throws AppError `unavailable` when Redis gives no answer.
   */
  async getStats(): Promise<RedisLruCacheStats> {
    const { cache, baseline, connectedAtMs, isConfigManaged } = this.#connected();
    const now = await cache.stats();
    const hits = growth(baseline.hits, now.hits);
    const misses = growth(baseline.misses, now.misses) + this.#failures;
    const evictions = growth(baseline.evictions, now.evictions);
    const seconds = Math.max(1, (this.#clock.now() - connectedAtMs) / SECOND_MS);
    return {
      ...now,
      ...(now.server && { server: { ...now.server, countedForMs: seconds * SECOND_MS } }),
      hits,
      misses,
      evictions,
      hitRate: hits + misses === 0 ? undefined : hits / (hits + misses),
      evictionRate: evictions / seconds,
      failures: this.#failures,
      isInProcess: !isRemote(this.#given),
      isConfigManaged,
    };
  }

  #connected(): Connection {
    if (this.#connection) return this.#connection;
    throw new AppError('invalid-argument', 'Call connect() first, and nothing after disconnect()');
  }

  async #connect(): Promise<Connection> {
    const maxMemoryBytes = Math.floor(this.#options.maxMemoryMb * MIB);
    this.#failures = 0;
    if (!isRemote(this.#given)) {
      const cache = new LruKeyValueCache({ maxSizeBytes: maxMemoryBytes });
      return this.#begin(cache, { isConfigManaged: false, end: async () => {} });
    }
    const redis = await connectRedis(this.#given, this.#log);
    const end = () => endOf(redis);
    try {
      const isConfigManaged = await this.#configure(redis, maxMemoryBytes);
      const prefix = this.#given.keyPrefix ?? 'strata-cache';
      return await this.#begin(new RedisKeyValueCache(redis, { prefix }), { isConfigManaged, end });
    } catch (error) {
      await end();
      throw error;
    }
  }

  async #begin(
    cache: KeyValueCache,
    how: Pick<Connection, 'isConfigManaged' | 'end'>,
  ): Promise<Connection> {
    const baseline = await cache.stats();
    return { ...how, cache, baseline, connectedAtMs: this.#clock.now() };
  }

  async #configure(redis: Redis, maxMemoryBytes: number): Promise<boolean> {
    const wanted = { maxMemoryBytes, policy: this.#options.maxMemoryPolicy };
    const { before, isManaged, refusal } = await configureMemory(redis, wanted);
    if (isManaged) {
      const fields = { kept: before, wanted, refusal };
      this.#log.info('Redis manages its own memory settings; they stay as they are', fields);
    }
    return isManaged;
  }
}

const isRemote = ({ redisHost, redisUrl }: RedisAddress): boolean => Boolean(redisHost || redisUrl);

function keyOf(key: string): string {
  if (typeof key === 'string' && key !== '') return key;
  throw refusal([{ path: 'key', message: 'must be a text that is not empty' }]);
}

function textOf(value: Json): string {
  try {
    const text: unknown = JSON.stringify(value);
    if (typeof text === 'string') return text;
  } catch {
    // A cycle or a bigint: refused below like everything else that is not JSON.
  }
  throw refusal([{ path: 'value', message: 'must be JSON' }]);
}

/** What somebody else left under our key is as good as nothing. */
function jsonOf(text: string): Json | undefined {
  try {
    // JSON.parse gives JSON.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Lets what is on its way finish; a server that is gone has nothing on its way. */
async function endOf(redis: Redis): Promise<void> {
  await redis.quit().catch(() => undefined);
  redis.disconnect();
}
