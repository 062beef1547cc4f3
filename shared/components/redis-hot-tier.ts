import { InProcessRateLimiter } from '../adapters/in-process/rate-limiter.ts';
import { BreakingHeadCache } from '../adapters/layered/breaking-head-cache.ts';
import { LenientDeliveryLedger } from '../adapters/layered/lenient-delivery-ledger.ts';
import { LenientRateLimiter } from '../adapters/layered/lenient-rate-limiter.ts';
import { sharedCachedStores } from '../adapters/layered/shared-session-store.ts';
import { RedisAccessLog } from '../adapters/redis/access-log.ts';
import { RedisDeliveryLedger } from '../adapters/redis/delivery-ledger.ts';
import { RedisHeadCache } from '../adapters/redis/head-cache.ts';
import { RedisRateLimiter } from '../adapters/redis/rate-limiter.ts';
import { SECOND_MS } from '../kernel/clock.ts';
import type { HeadCache } from '../ports/head-cache.ts';
import { type HotRedisAddress, nodesOf, openHotRedis } from './hot-redis.ts';
import { isUp } from './hot-redis-health.ts';
import type { HotTier, HotTierNeeds } from './hot-tier.ts';
import { userRate } from './user-rate.ts';

/** The hot tier that all instances share: this process's memory in front of Redis. */
export async function openRedisHotTier(
  { store, erasure, options, meter, relief, clock, log }: HotTierNeeds,
  local: HeadCache,
  address: HotRedisAddress,
): Promise<HotTier> {
  const redis = await openHotRedis(address, options, log);
  const { redisPrefix: prefix = 'strata', isCluster = false } = address;
  const accessLog = new RedisAccessLog(redis, { prefix, meter, clock, isCluster });
  const heads = new RedisHeadCache(redis, {
    prefix,
    ttlMs: options.defaultTtl * SECOND_MS,
    relief: relief.redis,
    nodes: () => nodesOf(redis),
    accessLog,
  });
  const shared = new BreakingHeadCache(heads);
  const { hotStaleMaxMs } = options;
  const rate = userRate(options);
  const limiter =
    rate &&
    new LenientRateLimiter(
      new RedisRateLimiter(redis, { prefix, rate }),
      new InProcessRateLimiter(rate, clock),
    );
  return {
    ...sharedCachedStores({ store, erasure, local, shared, hotStaleMaxMs }),
    cache: local,
    accessLog,
    ledger: new LenientDeliveryLedger(new RedisDeliveryLedger(redis, { prefix })),
    ...(limiter && { limiter }),
    redis: heads,
    isUp: () => isUp(redis),
    async close() {
      // Lets what is on its way finish; a server that is gone has nothing on its way.
      await redis.quit().catch(() => undefined);
      redis.disconnect();
    },
  };
}
