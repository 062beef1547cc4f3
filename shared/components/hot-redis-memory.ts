import type { Cluster, Redis } from 'ioredis';
import { configureMemory } from '../adapters/redis/memory-policy.ts';
import { SECOND_MS } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { systemTimers } from '../kernel/timers.ts';
import type { StrataOptions } from '../options.ts';
import type { Place } from './connect-redis.ts';

type Tuning = Pick<StrataOptions, 'maxMemoryMb' | 'maxMemoryPolicy'>;

const MIB = 1_024 * 1_024;
const ATTEMPTS = 5;
const AGAIN_AFTER_MS = SECOND_MS;

/**
 * Sets the memory limit and the eviction policy of every server that the client connects to, where
 * the server allows it; again whenever it comes back, because it may be another one then. In a cluster
 * the limit is each node's.
 */
export function keepMemorySet(
  client: Redis | Cluster,
  options: Tuning,
  { log, place }: { readonly log: Logger; readonly place: Place },
): void {
  const keep = (server: Redis) => {
    const trySetting = (attempt: number): void => {
      setMemory(server, options, log).catch((error: unknown) => {
        // A connection that ended meanwhile is set when it is back, if it comes back.
        if (server.status !== 'ready') return;
        // A start is busy with other things: answers come later than a cache may take.
        if (attempt < ATTEMPTS) systemTimers.after(AGAIN_AFTER_MS, () => trySetting(attempt + 1));
        else log.warning('The memory of Redis could not be set', { ...place, error });
      });
    };
    server.on('ready', () => trySetting(1));
  };
  if ('nodes' in client) client.on('+node', keep);
  else keep(client);
}

async function setMemory(server: Redis, options: Tuning, log: Logger): Promise<void> {
  const wanted = {
    maxMemoryBytes: Math.floor(options.maxMemoryMb * MIB),
    policy: options.maxMemoryPolicy,
  };
  const { before, isManaged, refusal } = await configureMemory(server, wanted);
  if (!isManaged) return;
  const fields = { kept: before, wanted, refusal };
  log.info('Redis manages its own memory settings; they stay as they are', fields);
}
