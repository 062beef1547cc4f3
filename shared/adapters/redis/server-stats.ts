import type { CacheStats } from '../../ports/head-cache.ts';
import { infoNumber, parseInfo } from './info.ts';
import { reach } from './reach.ts';

/** The part of a Redis client that tells how the server does. */
export interface RedisStatsCommands {
  info(): Promise<string>;
  dbsize(): Promise<number>;
}

/** The server's counters since it began; they also count what others do there. */
export async function serverStats(redis: RedisStatsCommands): Promise<CacheStats> {
  const [text, keys] = await reach('stats', () => Promise.all([redis.info(), redis.dbsize()]));
  const fields = parseInfo(text);
  return {
    hits: infoNumber(fields, 'keyspace_hits'),
    misses: infoNumber(fields, 'keyspace_misses'),
    evictions: infoNumber(fields, 'evicted_keys'),
    keys,
    usedMemoryBytes: infoNumber(fields, 'used_memory'),
    maxMemoryBytes: infoNumber(fields, 'maxmemory'),
  };
}
