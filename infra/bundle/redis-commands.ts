import type { RedisAccessCommands } from '../../shared/adapters/redis/access-log.ts';
import type { RedisLedgerCommands } from '../../shared/adapters/redis/delivery-ledger.ts';
import type { RedisConfigCommands } from '../../shared/adapters/redis/memory-policy.ts';
import type { RedisStatsCommands } from '../../shared/adapters/redis/server-stats.ts';

/** What the adapters of functions call; one more does not compile here until it is listed. */
type Called =
  | keyof RedisAccessCommands
  | keyof RedisConfigCommands
  | keyof RedisLedgerCommands
  | keyof RedisStatsCommands;

const CALLED: Readonly<Record<Called, true>> = {
  config: true,
  dbsize: true,
  eval: true,
  evalsha: true,
  get: true,
  hgetall: true,
  info: true,
  ping: true,
  sadd: true,
  set: true,
  spop: true,
  srem: true,
  sscan: true,
  unlink: true,
};

/** What the client sends by itself while it connects, looks around in a cluster, and ends. */
const OF_THE_CLIENT =
  'asking auth client cluster command exec hello multi psubscribe punsubscribe quit readonly readwrite script select ssubscribe subscribe sunsubscribe unsubscribe'.split(
    ' ',
  );

/** The commands that the client in a bundle has methods for: of all 300 they take milliseconds to make. */
export const REDIS_COMMANDS: readonly string[] = [...Object.keys(CALLED), ...OF_THE_CLIENT];
