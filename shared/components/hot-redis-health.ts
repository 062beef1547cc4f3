import type { Cluster, Redis } from 'ioredis';
import { parseInfo } from '../adapters/redis/info.ts';

/** Whether every key can be asked for now; a cluster that misses a node answers only for some. */
export async function isUp(client: Redis | Cluster): Promise<boolean> {
  try {
    if (!('nodes' in client)) return (await client.ping()) === 'PONG';
    return isWhole(parseInfo(await client.cluster('INFO')));
  } catch {
    return false; // Whatever the reason, nobody answers in time.
  }
}

/** No part of the keys is lost or suspected to be, as far as the asked node knows. */
const isWhole = (info: ReadonlyMap<string, string>): boolean =>
  info.get('cluster_state') === 'ok' &&
  info.get('cluster_slots_ok') === info.get('cluster_slots_assigned');
