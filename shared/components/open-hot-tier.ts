import { InProcessAccessLog } from '../adapters/in-process/access-log.ts';
import { InProcessDeliveryLedger } from '../adapters/in-process/delivery-ledger.ts';
import { LruHeadCache } from '../adapters/in-process/head-cache.ts';
import { InProcessRateLimiter } from '../adapters/in-process/rate-limiter.ts';
import { cachedStores } from '../adapters/layered/cached-session-store.ts';
import type { HotRedisAddress } from './hot-redis.ts';
import type { HotTier, HotTierNeeds } from './hot-tier.ts';
import { userRate } from './user-rate.ts';

const MIB = 1_024 * 1_024;

/** In Redis where one is named, else in this process alone. */
export async function openHotTier(needs: HotTierNeeds, redis?: HotRedisAddress): Promise<HotTier> {
  const local = new LruHeadCache({ maxSizeBytes: needs.options.l1MaxMemoryMb * MIB });
  needs.relief.process.onChange((share) => local.useShare(share));
  if (redis) {
    // Loaded here: the embedded default does not pay for it.
    const { openRedisHotTier } = await import('./redis-hot-tier.ts');
    return openRedisHotTier(needs, local, redis);
  }
  const { store, erasure, options, meter, clock } = needs;
  const rate = userRate(options);
  return {
    ...cachedStores({ store, erasure, cache: local, epoch: () => needs.epoch() }),
    cache: local,
    accessLog: new InProcessAccessLog({ meter }),
    ledger: new InProcessDeliveryLedger(clock),
    ...(rate && { limiter: new InProcessRateLimiter(rate, clock) }),
    isUp: async () => true,
    close: async () => undefined,
  };
}
