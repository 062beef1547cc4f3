import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import {
  type ClusterNode,
  giveSlots,
  type RunningCluster,
  slotsOf,
  startRedisCluster,
} from '../../infra/tooling/redis-cluster.ts';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { systemClock } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { StrataOptions, type StrataOptionsInput } from '../options.ts';
import { type Embedded, openEmbedded } from './embedded.ts';

const PREFIX = 'cluster-test';
const SESSIONS = Array.from({ length: 24 }, (_, n) => `s${n}`);

interface Instance extends Embedded {
  /** Durable reads of heads so far. */
  headReads(): number;
}

interface World extends RunningCluster {
  readonly instances: readonly [Instance, Instance];
}

/** Two instances on the cluster, which is empty, and on one SQLite file. */
async function newWorld(cluster: RunningCluster, options: StrataOptionsInput = {}): Promise<World> {
  await Promise.all(cluster.nodes.map(({ control }) => control.flushall()));
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-cluster-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const open = async (): Promise<Instance> => {
    const sqlite = openSqlite({ path: join(dataDir, 'strata.db'), clock: systemClock });
    let reads = 0;
    const store = new Proxy(sqlite.store, {
      get: (target, name: keyof typeof sqlite.store) => {
        if (name === 'loadHead') reads++;
        return target[name].bind(target);
      },
    });
    const embedded = await openEmbedded({
      options: StrataOptions.parse({ summarizationThreshold: 100_000, ...options }),
      dataDir,
      // Nothing but Redis tells an instance of the other's commits.
      stores: { ...sqlite, store, epoch: () => 0 },
      redis: {
        ...{ redisHost: '127.0.0.1', redisPort: cluster.nodes[0]?.server.port ?? 0 },
        ...{ isCluster: true, redisPrefix: PREFIX },
      },
    });
    onTestFinished(() => embedded.close());
    return { ...embedded, headReads: () => reads };
  };
  return { ...cluster, instances: [await open(), await open()] };
}

const append = async ({ memory }: Embedded, sessionId: string, content: string) => {
  const items = [{ content, contentType: 'user_message' }];
  const session = { userId: 'u1', sessionId };
  await memory.append({ ...session, items, startedAtMs: Date.now(), isEvent: false });
};

async function contentsOf({ memory }: Embedded, sessionId: string): Promise<readonly string[]> {
  const session = { userId: 'u1', sessionId };
  const { items } = await memory.context({ ...session, format: 'raw', explain: false });
  return items.map(({ content }) => content);
}

/** Says something in every session, on one instance and the other, and reads it on both. */
async function talk({ instances }: World, told: Map<string, string[]>, word: string) {
  for (const [n, sessionId] of SESSIONS.entries()) {
    const [writer, reader] = n % 2 === 0 ? instances : [instances[1], instances[0]];
    await append(writer, sessionId, word);
    told.set(sessionId, [...(told.get(sessionId) ?? []), word]);
    for (const one of [reader, writer]) {
      expect(await contentsOf(one, sessionId)).toEqual(told.get(sessionId));
    }
  }
}

const headKeyOf = (sessionId: string) =>
  `${PREFIX}:{${sessionKeyOf({ userId: 'u1', sessionId })}}:head`;

const headsOn = async ({ control }: ClusterNode): Promise<readonly string[]> =>
  control.keys(`${PREFIX}:*:head`);

const statusOf = async ({ health }: Embedded) => (await health()).status;

const cluster = await startRedisCluster({ nodes: 3 });
if (cluster) describeWith(cluster);
else it('needs a Redis', () => reportMissing('the hot tier on a Redis Cluster'));
afterAll(() => cluster?.stop());

function describeWith(running: RunningCluster): void {
  // A busy machine is no outage, and no reason to look into the durable store.
  const PATIENT = { redisTimeoutMs: 5_000, hotStaleMaxMs: 60_000 };
  const start = (options?: StrataOptionsInput) => newWorld(running, { ...PATIENT, ...options });

  describe('the hot tier on a Redis Cluster', () => {
    it('spreads sessions over the nodes, each with all its keys on one', async () => {
      const world = await start({ maxMemoryMb: 7, maxMemoryPolicy: 'allkeys-lfu' });
      const { nodes, nodeOf, instances } = world;
      await talk(world, new Map(), 'one');
      for (const node of nodes) expect((await headsOn(node)).length).toBeGreaterThan(2);
      for (const sessionId of SESSIONS) {
        const key = headKeyOf(sessionId);
        expect(await headsOn(await nodeOf(key))).toContain(key);
      }
      const before = instances[0].headReads();
      for (const sessionId of SESSIONS) await contentsOf(instances[0], sessionId);
      expect(instances[0].headReads()).toBe(before);
      for (const { control } of nodes) {
        await expect
          .poll(() => control.info('memory'), { timeout: 10_000 })
          .toMatch(/maxmemory:7340032\r\n.*maxmemory_policy:allkeys-lfu/s);
      }
      const { redis } = await instances[0].metrics.collect();
      expect(redis?.maxMemoryBytes).toBe(3 * 7_340_032);
    });

    it('follows keys that moved to another node', async () => {
      const world = await start();
      const { nodes, nodeOf, instances } = world;
      const told = new Map<string, string[]>();
      await talk(world, told, 'one');
      const [sessionId = ''] = SESSIONS;
      const key = headKeyOf(sessionId);
      const from = await nodeOf(key);
      const to = nodes.find((node) => node !== from) ?? from;
      const slot = Number(await from.control.call('CLUSTER', 'KEYSLOT', key));
      await from.control.del(key);
      await giveSlots(nodes, [slot], to);
      onTestFinished(async () => {
        await to.control.flushall();
        await giveSlots(nodes, [slot], from);
      });
      for (const one of instances) expect(await contentsOf(one, sessionId)).toEqual(['one']);
      expect(await headsOn(to)).toContain(key);
      expect(await headsOn(from)).not.toContain(key);
      await talk(world, told, 'two');
      const before = instances[1].headReads();
      await contentsOf(instances[1], sessionId);
      expect(instances[1].headReads()).toBe(before);
    });

    it('counts accesses of sessions on all nodes, whichever instance writes them down', async () => {
      const world = await start();
      const { instances } = world;
      const told = new Map<string, string[]>();
      await talk(world, told, 'one');
      // Counts wait for a second, and travel with the next question.
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      await talk(world, told, 'two');
      for (let round = 0; round < 3; round++) await instances[0].memory.flushAccesses();
      for (const sessionId of SESSIONS) {
        const session = { userId: 'u1', sessionId };
        const { items } = await instances[0].memory.history({ ...session, limit: 1, order: 'asc' });
        // Two of its own, and one that the other instance told the cluster of.
        expect(items[0]?.accessCount).toBeGreaterThan(2.9);
      }
    });

    it('erases a user from every node', async () => {
      const world = await start();
      const { nodes, instances } = world;
      await talk(world, new Map(), 'a secret');
      const deadline = deadlineAfter(60_000, systemClock);
      const receipt = await instances[0].memory.eraseUser('u1', deadline);
      expect(receipt).toMatchObject({ status: 'erased', sessions: 24, verifiedEmpty: true });
      for (const node of nodes) expect(await headsOn(node)).toEqual([]);
    });

    // The last: there are two nodes after it.
    it('answers the same with a node killed, says that it is degraded, and recovers', async () => {
      const world = await start({ redisTimeoutMs: 50 });
      const { nodes, instances } = world;
      const told = new Map<string, string[]>();
      await talk(world, told, 'one');
      expect(await statusOf(instances[0])).toBe('ok');
      const [dead, heir] = [nodes[1], nodes[2]];
      if (!dead || !heir) throw new TypeError('there are three nodes');
      await dead.server.stop();
      await talk(world, told, 'two');
      await expect.poll(() => statusOf(instances[0]), { timeout: 10_000 }).toBe('degraded');
      for (let ask = 0; ask < 20; ask++) expect(await statusOf(instances[0])).toBe('degraded');
      // By now the whole cluster refuses: it wants all of its slots.
      await talk(world, told, 'three');
      const alive = nodes.filter((node) => node !== dead);
      await giveSlots(alive, slotsOf(1, 3), heir);
      for (const one of instances) {
        await expect.poll(() => statusOf(one), { timeout: 15_000 }).toBe('ok');
      }
      await talk(world, told, 'four');
      await expect
        .poll(
          async () => {
            const before = instances[0].headReads();
            for (const sessionId of SESSIONS) await contentsOf(instances[0], sessionId);
            return instances[0].headReads() - before;
          },
          { timeout: 15_000 },
        )
        .toBe(0);
    });
  });
}
