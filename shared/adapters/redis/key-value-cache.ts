import { invalid } from '../../kernel/app-error.ts';
import { composeKey } from '../../kernel/key.ts';
import type { CacheStats } from '../../ports/head-cache.ts';
import type { KeyValueCache } from '../../ports/key-value-cache.ts';
import { reach } from './reach.ts';
import { type RedisStatsCommands, serverStats } from './server-stats.ts';

/** The part of a Redis client this adapter calls. */
export interface RedisKeyValueCommands extends RedisStatsCommands {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, px: 'PX', ms: number): Promise<unknown>;
  unlink(...keys: string[]): Promise<number>;
  scan(
    cursor: string,
    match: 'MATCH',
    pattern: string,
    count: 'COUNT',
    keys: number,
  ): Promise<[cursor: string, keys: string[]]>;
}

const SCAN_KEYS = 500;

/**
 * A cache of texts in Redis, which expires and evicts them. All keys begin with `{prefix}:`.
 * Statistics are the server's: they also count what others do there.
 */
export class RedisKeyValueCache implements KeyValueCache {
  readonly #redis: RedisKeyValueCommands;
  readonly #prefix: string;

  constructor(redis: RedisKeyValueCommands, { prefix }: { readonly prefix: string }) {
    this.#redis = redis;
    this.#prefix = `${prefix}:`;
  }

  async get(key: string): Promise<string | undefined> {
    return (await reach('get', () => this.#redis.get(this.#keyOf(key)))) ?? undefined;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    if (!(ttlMs > 0)) throw invalid([{ path: 'ttlMs', message: `must be positive, got ${ttlMs}` }]);
    await reach('set', () => this.#redis.set(this.#keyOf(key), value, 'PX', Math.ceil(ttlMs)));
  }

  async delete(key: string): Promise<boolean> {
    return (await reach('delete', () => this.#redis.unlink(this.#keyOf(key)))) > 0;
  }

  async clear(): Promise<void> {
    const pattern = `${escapeGlob(this.#prefix)}*`;
    let cursor = '0';
    do {
      const from = cursor;
      const [next, keys] = await reach('clear', () =>
        this.#redis.scan(from, 'MATCH', pattern, 'COUNT', SCAN_KEYS),
      );
      if (keys.length > 0) await reach('clear', () => this.#redis.unlink(...keys));
      cursor = next;
    } while (cursor !== '0');
  }

  stats(): Promise<CacheStats> {
    return serverStats([this.#redis]);
  }

  #keyOf(key: string): string {
    return this.#prefix + composeKey(key);
  }
}

/** A text as itself in a Redis pattern (https://redis.io/docs/latest/commands/keys/). */
const escapeGlob = (text: string): string => text.replaceAll(/[\\*?[\]^-]/g, '\\$&');
