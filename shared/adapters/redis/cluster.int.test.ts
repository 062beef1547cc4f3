import { randomUUID } from 'node:crypto';
import { Cluster } from 'ioredis';
import { afterAll, expect, it } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { type RunningCluster, startRedisCluster } from '../../../infra/tooling/redis-cluster.ts';
import { RedisHeadCache } from './head-cache.ts';
import { describeHotTier } from './hot-tier.contract.ts';

const cluster = await startRedisCluster({ nodes: 3 });
if (cluster) describeCluster(cluster);
else it('needs a Redis', () => reportMissing('Hot tier contracts on a Redis Cluster'));
afterAll(() => cluster?.stop());

function describeCluster({ nodes }: RunningCluster): void {
  const client = new Cluster([{ host: '127.0.0.1', port: nodes[0]?.server.port ?? 0 }]);
  afterAll(() => client.disconnect());
  describeHotTier('a cluster', client);

  it('counts the keys of every node of a cluster', async () => {
    const prefix = `test-${randomUUID()}`;
    await Promise.all(Array.from({ length: 60 }, (_, n) => client.set(`${prefix}:${n}`, n)));
    const sizes = await Promise.all(nodes.map(({ control }) => control.dbsize()));
    expect(Math.min(...sizes)).toBeGreaterThan(5);
    const all = () => client.nodes('master');
    const { keys } = await new RedisHeadCache(client, { prefix, ttlMs: 1_000, nodes: all }).stats();
    expect(keys).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });
}
