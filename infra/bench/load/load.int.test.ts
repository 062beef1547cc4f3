import { expect, it } from 'vitest';
import { UnreliableRedis } from '../../../shared/testing/unreliable-redis.ts';
import { reportMissing } from '../../tooling/missing.ts';
import { startRedis } from '../../tooling/redis-server.ts';
import { runLoad } from './run-load.ts';

it('loses no acknowledged write under load with faults, and is itself again when they end', async () => {
  const redis = await UnreliableRedis.open(startRedis);
  if (!redis) reportMissing('the load without Redis going away');
  try {
    const report = await runLoad({
      seconds: 8,
      calmSeconds: 3,
      connections: 32,
      faultShare: 0.05,
      redis,
    });
    const { statuses, acknowledged, cancelled, lost, doubled } = report;
    expect({ lost, doubled, unanswered: report.unanswered }).toEqual({
      ...{ lost: 0, doubled: 0, unanswered: 0 },
    });
    expect(acknowledged).toBeGreaterThan(100);
    expect(cancelled).toBeGreaterThan(10);
    // Faults did reach callers, as what says that it may be tried again, and nothing else did.
    expect(statuses['503']).toBeGreaterThan(0);
    expect(
      Object.keys(statuses).filter((one) => !['200', '201', '503', '504'].includes(one)),
    ).toEqual([]);
    expect(report.failedAfterwards).toBe(0);
  } finally {
    await redis?.close();
  }
});
