import { UnreliableRedis } from '../../shared/testing/unreliable-redis.ts';
import { startRedis } from '../tooling/redis-server.ts';
import { runLoad } from './load/run-load.ts';
import type { Figures } from './result.ts';

const MIB = 1_048_576;

/**
 * A minute at saturation with faults: what clients saw, and that nothing acknowledged was lost.
 *
 * @throws when something was lost or doubled, or answered as it never should be.
 */
export async function load(): Promise<Figures> {
  const redis = await UnreliableRedis.open(startRedis);
  if (!redis) throw new Error('There is no redis-server');
  try {
    const plan = { seconds: 60, calmSeconds: 10, connections: 64, faultShare: 0.01 };
    const report = await runLoad({ ...plan, redis });
    const { lost, doubled, statuses } = report;
    if (lost + doubled > 0) throw new Error(`${lost} items were lost, ${doubled} are there twice`);
    const wrong = Object.keys(statuses).filter((status) => !PROMISED.includes(status));
    if (wrong.length > 0) throw new Error(`There were answers ${wrong.join(', ')}`);
    return {
      'requests a second': report.requestsPerSec,
      'p50, ms': report.p50Ms,
      'p99, ms': report.p99Ms,
      'longest, ms': report.maxMs,
      ...Object.fromEntries(
        Object.entries(statuses).map(([one, count]) => [`answers ${one}`, count]),
      ),
      'connections broken or without an answer': report.unanswered,
      'calls that their client left': report.cancelled,
      'appends acknowledged': report.acknowledged,
      'of these lost': lost,
      'items there twice': doubled,
      'last failure after the last fault, ms': report.recoveredAfterMs,
      'heap after a third, MiB': Math.round(report.heapEarlyBytes / MIB),
      'heap at the end, MiB': Math.round(report.heapLateBytes / MIB),
    };
  } finally {
    await redis.close();
  }
}

const PROMISED = ['200', '201', '503', '504'];
