import { SECOND_MS } from '../../kernel/clock.ts';
import type { CacheStats } from '../../ports/head-cache.ts';
import { infoNumber, parseInfo } from './info.ts';
import { reach } from './reach.ts';

/** The part of a Redis client that tells how the server does. */
export interface RedisStatsCommands {
  info(): Promise<string>;
  dbsize(): Promise<number>;
  ping(): Promise<string>;
}

/**
 * The servers' counters since they began, added up over the nodes of a cluster; they also count what
 * others do there.
 */
export async function serverStats(nodes: readonly RedisStatsCommands[]): Promise<CacheStats> {
  const all = await Promise.all(nodes.map(nodeStats));
  const [first, ...others] = all;
  if (!first) throw new TypeError('A Redis has at least one node');
  return others.reduce(together, first);
}

type NodeStats = CacheStats & Required<Pick<CacheStats, 'server'>>;

async function nodeStats(redis: RedisStatsCommands): Promise<NodeStats> {
  // Alone and first: behind the others it would wait for them.
  const roundTripMs = await reach('stats', () => timeOf(() => redis.ping()));
  const [text, keys] = await reach('stats', () => Promise.all([redis.info(), redis.dbsize()]));
  const fields = parseInfo(text);
  return {
    hits: infoNumber(fields, 'keyspace_hits'),
    misses: infoNumber(fields, 'keyspace_misses'),
    evictions: infoNumber(fields, 'evicted_keys'),
    keys,
    usedMemoryBytes: infoNumber(fields, 'used_memory'),
    maxMemoryBytes: infoNumber(fields, 'maxmemory'),
    server: {
      countedForMs: infoNumber(fields, 'uptime_in_seconds') * SECOND_MS,
      refusedWrites: refusedWrites(fields),
      fragmentationRatio: infoNumber(fields, 'mem_fragmentation_ratio'),
      roundTripMs,
    },
  };
}

/** `errorstat_OOM:count=12`; servers before Redis 6.2 do not say. */
function refusedWrites(fields: ReadonlyMap<string, string>): number {
  const count = Number(/^count=(\d+)/.exec(fields.get('errorstat_OOM') ?? '')?.[1]);
  return Number.isFinite(count) ? count : 0;
}

async function timeOf(step: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await step();
  return performance.now() - startedAtMs;
}

/** Sums; of a ratio and a time the worst one, and the time since all of them count. */
const together = (a: NodeStats, b: NodeStats): NodeStats => ({
  hits: a.hits + b.hits,
  misses: a.misses + b.misses,
  evictions: a.evictions + b.evictions,
  keys: a.keys + b.keys,
  usedMemoryBytes: a.usedMemoryBytes + b.usedMemoryBytes,
  maxMemoryBytes: a.maxMemoryBytes + b.maxMemoryBytes,
  server: {
    countedForMs: Math.max(a.server.countedForMs, b.server.countedForMs),
    refusedWrites: a.server.refusedWrites + b.server.refusedWrites,
    fragmentationRatio: Math.max(a.server.fragmentationRatio, b.server.fragmentationRatio),
    roundTripMs: Math.max(a.server.roundTripMs, b.server.roundTripMs),
  },
});
