import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { describeAccessLog } from '../../ports/access-log.contract.ts';
import { describeDeliveryLedger } from '../../ports/delivery-ledger.contract.ts';
import { describeRateLimiter } from '../../ports/rate-limiter.contract.ts';
import { describeSharedHeadCache } from '../../ports/shared-head-cache.contract.ts';
import { InProcessMeter } from '../in-process/meter.ts';
import { RedisAccessLog } from './access-log.ts';
import { RedisDeliveryLedger } from './delivery-ledger.ts';
import { RedisHeadCache } from './head-cache.ts';
import { RedisRateLimiter } from './rate-limiter.ts';

/** Every contract that the hot tier's shared half keeps, on one server or on several. */
export function describeHotTier(name: string, client: Redis | Cluster): void {
  const isCluster = 'nodes' in client;
  const nodes = () => (isCluster ? client.nodes('master') : [client]);
  const elapse = (ms: number) => sleep(ms);
  const newPrefix = () => `test-${randomUUID()}`;
  const newLog = (prefix: string) => {
    const clock = { now: () => Date.now() };
    return new RedisAccessLog(client, { prefix, clock, isCluster, meter: new InProcessMeter() });
  };

  describeSharedHeadCache(`RedisHeadCache on ${name}`, {
    create: async () => {
      const prefix = newPrefix();
      const accessLog = newLog(prefix);
      const flush = async () => {
        await Promise.all(nodes().map((node) => node.flushall()));
      };
      return {
        cache: new RedisHeadCache(client, { prefix, ttlMs: 60_000, accessLog, nodes }),
        flush,
      };
    },
    elapse,
  });
  describeAccessLog(`RedisAccessLog on ${name}`, { create: async () => newLog(newPrefix()) });
  describeDeliveryLedger(`RedisDeliveryLedger on ${name}`, {
    create: async () => new RedisDeliveryLedger(client, { prefix: newPrefix() }),
    elapse,
  });
  describeRateLimiter(`RedisRateLimiter on ${name}`, {
    create: async (rate) => new RedisRateLimiter(client, { prefix: newPrefix(), rate }),
    elapse,
  });
}
