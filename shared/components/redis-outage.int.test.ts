import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { startRedis } from '../../infra/tooling/redis-server.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { systemClock } from '../kernel/clock.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { hotWorld } from '../testing/hot-world.ts';
import { describeRedisOutages } from './redis-outage.contract.ts';

const SESSION = { userId: 'u1', sessionId: 's1' };
const REDIS_TIMEOUT_MS = 50;

/** How long a call waits for timers, which move only here; what it does meanwhile is really done. */
async function waitOf(call: () => Promise<unknown>): Promise<number> {
  let isDone = false;
  const done = call().finally(() => {
    isDone = true;
  });
  for (let waitedMs = 0; ; waitedMs++) {
    // Everything that needs no timer goes on.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (isDone) {
      await done;
      return waitedMs;
    }
    vi.advanceTimersByTime(1);
  }
}

const probe = await startRedis();
await probe?.stop();
if (probe) {
  describeRedisOutages('SQLite', () => hotWorld({ start: startRedis }));
  if (process.env['FIRESTORE_EMULATOR_HOST']) {
    describeRedisOutages('Firestore', () => {
      const databaseId = `outage-${randomUUID()}`;
      const openStores = () =>
        openFirestore({ firestore: emulatedFirestore(databaseId), clock: systemClock });
      return hotWorld({ start: startRedis, openStores });
    });
  } else {
    it('needs a Firestore emulator', () => reportMissing('outages of Redis before Firestore'));
  }

  it('waits for a Redis that hangs no longer than the timeout, then reads once; after five times not at all', async () => {
    const world = await hotWorld({ start: startRedis });
    const one = await world.instance({ redisTimeoutMs: REDIS_TIMEOUT_MS });
    const items = [{ content: 'hello', contentType: 'user_message' }];
    const append = () =>
      one.memory.append({ ...SESSION, items, startedAtMs: Date.now(), isEvent: false });
    const read = () => one.memory.context({ ...SESSION, format: 'raw', explain: false });
    await append();
    await read();
    await world.redis.hang();
    // Time stands still but for the timers that this test moves.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    try {
      const costs: unknown[] = [];
      for (let time = 0; time < 3; time++) {
        const { reads } = await one.costOf(async () => costs.push(await waitOf(read)));
        costs.push(reads);
      }
      expect(costs).toEqual([50, 1, 50, 1, 50, 1]);
      expect(await waitOf(append)).toBe(50);
      expect(await waitOf(read)).toBe(50);
      for (let time = 0; time < 3; time++) {
        expect(await waitOf(append)).toBe(0);
        const { reads } = await one.costOf(async () => expect(await waitOf(read)).toBe(0));
        expect(reads).toBe(1);
      }
    } finally {
      vi.useRealTimers();
    }
  });
} else {
  it('needs a Redis', () => reportMissing('outages of a real Redis'));
}
