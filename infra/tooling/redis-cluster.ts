import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../local/child.ts';
import { type RunningRedis, startRedis } from './redis-server.ts';

/** A server of a cluster. */
export interface ClusterNode {
  readonly server: RunningRedis;
  /** A connection to it alone. */
  readonly control: Redis;
  /** Its name in the cluster. */
  readonly id: string;
  /** Where the others reach it. */
  readonly busPort: string;
}

/** Redis servers that share the keys among them: masters without replicas. */
export interface RunningCluster {
  readonly nodes: readonly ClusterNode[];
  /** Which node has the key. */
  nodeOf(key: string): Promise<ClusterNode>;
  stop(): Promise<void>;
}

interface ClusterOptions {
  readonly nodes: number;
  /** More arguments of every `redis-server`. */
  readonly args?: readonly string[];
}

const SLOTS = 16_384;
const READY_MS = 30_000;
const POLL_MS = 50;

/** A cluster on loopback; `undefined` where no Redis can be had. */
export async function startRedisCluster({
  nodes: count,
  args = [],
}: ClusterOptions): Promise<RunningCluster | undefined> {
  const nodes: ClusterNode[] = [];
  const stop = async () => {
    for (const { control } of nodes) control.disconnect();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    for (let index = 0; index < count; index++) {
      const node = await startNode(args);
      if (!node) return undefined;
      nodes.push(node);
    }
    await shareSlots(nodes);
    const [first] = nodes;
    const nodeOf = async (key: string) => {
      const slot = Number(await first?.control.call('CLUSTER', 'KEYSLOT', key));
      const node = nodes[Math.floor((slot * count) / SLOTS)];
      if (!node) throw new Error(`No node has slot ${slot}`);
      return node;
    };
    return { nodes, nodeOf, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Gives slots to another node, with the keys that are in them lost; asks only nodes that live. */
export async function giveSlots(
  nodes: readonly ClusterNode[],
  slots: readonly number[],
  { id }: ClusterNode,
): Promise<void> {
  await Promise.all(
    nodes.map(async ({ control }) => {
      const commands = slots.map((slot) => ['cluster', 'SETSLOT', slot, 'NODE', id]);
      const replies = (await control.pipeline(commands).exec()) ?? [];
      const fault = replies.find(([error]) => error)?.[0];
      if (fault) throw fault;
    }),
  );
}

/** The slots of the node at an index, as they were shared at the start. */
export const slotsOf = (index: number, count: number): readonly number[] => {
  const from = Math.ceil((index * SLOTS) / count);
  const next = Math.ceil(((index + 1) * SLOTS) / count);
  return Array.from({ length: next - from }, (_, at) => from + at);
};

async function startNode(args: readonly string[]): Promise<ClusterNode | undefined> {
  // By default 10,000 above the port, which not every free port has room for.
  const busPort = String(await freePort());
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', busPort];
  const server = await startRedis({
    args: [...cluster, '--cluster-node-timeout', '1000', ...args],
  });
  if (!server) return undefined;
  const control = new Redis(server.url, { retryStrategy: () => 200 });
  control.on('error', () => undefined); // A node that is stopped is what a test is about.
  const id = String(await control.call('CLUSTER', 'MYID'));
  return { server, control, id, busPort };
}

async function shareSlots(nodes: readonly ClusterNode[]): Promise<void> {
  const [first] = nodes;
  for (const [index, { control, server, busPort }] of nodes.entries()) {
    const slots = slotsOf(index, nodes.length);
    const [from = 0, to = 0] = [slots[0], slots.at(-1)];
    await control.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    await first?.control.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
  }
  const untilMs = Date.now() + READY_MS;
  for (const { control } of nodes) {
    while (!(await isReady(control, nodes.length))) {
      if (Date.now() > untilMs) throw new Error(await infoOf(control));
      await sleep(POLL_MS);
    }
  }
}

const infoOf = async (control: Redis): Promise<string> =>
  String(await control.call('CLUSTER', 'INFO'));

async function isReady(control: Redis, count: number): Promise<boolean> {
  const info = await infoOf(control);
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${count}\r`);
}
