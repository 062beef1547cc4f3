import { infoNumber, parseInfo } from '../../shared/adapters/redis/info.ts';
import { connectRedis } from '../../shared/components/connect-redis.ts';
import type { HotRedisAddress } from '../../shared/components/hot-redis.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { StrataOptions } from '../../shared/options.ts';
import { type Check, type Finding, fault, warning, well } from './check.ts';

/** Scripts and `EVALSHA` as we use them, and `lazyfree`, are there from this version on. */
const OLDEST_MAJOR = 6;

/** Whether the hot tier's Redis is there, and set up as a cache. */
export const redisChecks = (
  address: HotRedisAddress,
  options: Pick<StrataOptions, 'maxMemoryPolicy'>,
): readonly Check[] => [{ name: 'Redis', run: () => redisFinding(address, options) }];

async function redisFinding(
  address: HotRedisAddress,
  { maxMemoryPolicy }: Pick<StrataOptions, 'maxMemoryPolicy'>,
): Promise<Finding> {
  const redis = await connectRedis(address, silentLogger).catch((error: unknown) => {
    return error instanceof Error ? error : new Error(String(error));
  });
  if (redis instanceof Error)
    return fault(
      redis.message,
      'Check REDIS_URL: host, port, password, and rediss:// where it wants TLS. Strata goes on without it, slower.',
    );
  try {
    const info = parseInfo(await redis.info());
    const version = info.get('redis_version') ?? 'unknown';
    if (Number(version.split('.')[0]) < OLDEST_MAJOR)
      return fault(`Redis ${version}`, `Use Redis ${OLDEST_MAJOR} or newer.`);
    const policy = info.get('maxmemory_policy') ?? '';
    const hasLimit = infoNumber(info, 'maxmemory') > 0;
    if (policy === 'noeviction' && maxMemoryPolicy !== 'noeviction')
      return warning(
        `Redis ${version}, which evicts nothing`,
        `Set its maxmemory-policy to ${maxMemoryPolicy}: Strata does where the server lets it, a managed one has to be set by you.`,
      );
    return well(`Redis ${version}, ${policy}${hasLimit ? '' : ', without a memory limit'}`);
  } finally {
    redis.disconnect();
  }
}
