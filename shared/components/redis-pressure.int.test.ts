import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { startRedis } from '../../infra/tooling/redis-server.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import type { StrataOptionsInput } from '../options.ts';
import { counted } from '../testing/counted.ts';
import { notedLogger } from '../testing/noted-logger.ts';
import { memoryOfTest, USER } from '../testing/temporary-memory.ts';

const probe = await startRedis();
await probe?.stop();
if (probe) describePressure();
else {
  it('could not run: no redis-server or valkey-server for the pressure of Redis', () => {
    reportMissing('The pressure of Redis: no redis-server or valkey-server on PATH');
  });
}

/** A system on a Redis of its own, with its log and its events. */
async function openWorld(options: StrataOptionsInput) {
  const redis = await startRedis();
  if (!redis) throw new Error('A server could be started before');
  onTestFinished(() => redis.stop());
  const control = new Redis(redis.url);
  onTestFinished(() => control.disconnect());
  const { lines, log } = notedLogger();
  const temp = await memoryOfTest({
    // Slow is not down: a lookup that ran out of time would be missing in the counts.
    options: {
      ...{ redisTimeoutMs: 10_000, summarizationThreshold: 100_000, tokenCounter: 'estimate' },
      ...options,
    },
    redis: { redisUrl: redis.url, redisPrefix: 'test' },
    log,
  });
  const events: unknown[] = [];
  temp.system.bus.subscribe('memory-events', 'test', async ({ data }) => {
    if (String(data['type']).startsWith('pressure')) events.push(data);
  });
  const field = async (name: string) =>
    Number(new RegExp(`${name}:(?:count=)?(\\d+)`).exec(await control.info())?.[1] ?? 0);
  if (options.maxMemoryMb !== undefined) {
    await vi.waitFor(async () => expect(await field('maxmemory')).toBeGreaterThan(0), 5_000);
  }
  return { ...temp, control, events, lines, field };
}

type World = Awaited<ReturnType<typeof openWorld>>;

/** Heads of 60 KB each: fifty of them fill three megabytes. */
async function fill({ append }: World, from: number, count: number): Promise<void> {
  for (let session = from; session < from + count; session++) {
    const text = `${session} `.padEnd(15_000, 'well ');
    await append(`s${session}`, text, text, text, text);
  }
}

const readContext = ({ system }: World, session: number) =>
  system.memory.context({
    ...{ userId: USER, sessionId: `s${session}`, format: 'raw', explain: false },
  });

function describePressure(): void {
  describe('the metrics of a hot tier in Redis', () => {
    it('count every lookup, and show keys, memory and round trip as the server does', async () => {
      const world = await openWorld({});
      const { system, control, field } = world;
      await fill(world, 0, 10);
      await system.metrics.collect();
      await system.cache.clear();
      for (let session = 0; session < 10; session++) await readContext(world, session);
      expect((await system.metrics.collect()).redis).toMatchObject({ hits: 10, misses: 0 });
      await control.flushall();
      for (let session = 0; session < 7; session++) await readContext(world, session);
      const { redis, cache } = await system.metrics.collect();
      expect(redis).toMatchObject({ hits: 0, misses: 7, hitRate: 0, evictions: 0 });
      expect(cache).toEqual(redis);
      expect(redis?.keys).toBe(await control.dbsize());
      expect(redis?.usedMemoryBytes).toBeGreaterThan(7 * 60_000);
      expect(redis?.fragmentationRatio).toBeGreaterThan(0);
      expect(redis?.roundTripMs).toBeGreaterThan(0);
      expect(await field('maxmemory')).toBe(512 * 1_024 * 1_024);
    });
  });

  describe('a Redis that is really full', () => {
    it('that evicts raises pressure at the rate of its evictions, and clears it after', async () => {
      const world = await openWorld({
        maxMemoryMb: 3,
        alertThresholds: { 'cache.evictionRate': { warning: 0.5, critical: 2 } },
      });
      const { system, clock, events, field } = world;
      await system.metrics.collect();
      let evictions = 0;
      for (let round = 0; round < 3; round++) {
        await fill(world, round * 60, 60);
        clock.advance(10_000);
        const { cache } = await system.metrics.collect();
        evictions += cache?.evictions ?? 0;
        // The server is younger than the clock of this test says.
        expect(cache?.evictionRate).toBeGreaterThanOrEqual((cache?.evictions ?? 0) / 10);
        expect(cache?.usedMemoryRatio).toBeGreaterThan(0.8);
      }
      expect(evictions).toBeGreaterThan(60);
      expect(system.metrics.alerts()).toMatchObject([
        { metric: 'cache.evictionRate', level: 'critical' },
      ]);
      // A full server may evict one more for the question that this test asks it.
      await vi.waitFor(async () => {
        evictions += (await system.metrics.collect()).cache?.evictions ?? 0;
        expect(evictions).toBe(await field('evicted_keys'));
      });
      const shown = await system.metrics.openMetrics();
      expect(shown).toContain(`strata_redis_evictions_total ${evictions}\n`);
      clock.advance(60_000);
      await system.metrics.collect();
      expect(system.metrics.alerts()).toEqual([]);
      await system.bus.drain();
      expect(events).toMatchObject([
        {
          ...{ type: 'pressure.raised', metric: 'cache.evictionRate', level: 'critical' },
          advice: expect.stringContaining('maxMemoryMb'),
        },
        { type: 'pressure.cleared', metric: 'cache.evictionRate' },
      ]);
    });

    it('that refuses raises pressure by default, makes entries live shorter, and recovers', async () => {
      const world = await openWorld({ maxMemoryMb: 3, maxMemoryPolicy: 'noeviction' });
      const { system, clock, control, events, lines, field } = world;
      const ttlDays = async (session: number) => {
        const key = sessionKeyOf({ userId: USER, sessionId: `s${session}` });
        return (await control.pttl(`test:{${key}}:head`)) / 86_400_000;
      };
      await fill(world, 0, 1);
      expect(await ttlDays(0)).toBeCloseTo(1, 2);
      await system.metrics.collect();
      for (let round = 0; round < 3; round++) {
        await fill(world, 1 + round * 60, 60);
        clock.advance(10_000);
        const { redis } = await system.metrics.collect();
        expect(redis?.refusedRate).toBeGreaterThan(0);
        expect(redis?.usedMemoryRatio).toBeGreaterThan(0.97);
      }
      const refused = await field('errorstat_OOM');
      expect(refused).toBeGreaterThan(60);
      expect(counted({ series: () => system.meter.series() })).not.toHaveProperty('sources_unread');
      expect(await system.metrics.openMetrics()).toContain(
        `strata_redis_refused_writes_total ${refused}\n`,
      );
      const alert = { metric: 'redis.refusedRate', level: 'critical' };
      const advice = expect.stringMatching(/allkeys-lru/);
      expect(system.metrics.alerts()).toContainEqual(expect.objectContaining({ ...alert, advice }));
      expect(system.metricsSources.relief?.redis.share).toBeLessThan(0.5);
      // Answers stay right, from the durable store.
      const page = { userId: USER, sessionId: 's180', limit: 10, order: 'asc' } as const;
      expect((await system.memory.history(page)).items).toHaveLength(4);

      await control.flushall();
      await fill(world, 500, 1);
      expect(await ttlDays(500)).toBeLessThan(0.5);
      for (let minute = 0; minute < 5; minute++) {
        clock.advance(60_000);
        await system.metrics.collect();
      }
      expect([system.metrics.alerts(), system.metricsSources.relief?.redis.share]).toEqual([[], 1]);
      await fill(world, 501, 1);
      expect(await ttlDays(501)).toBeCloseTo(1, 2);
      await system.bus.drain();
      expect(events).toContainEqual(expect.objectContaining({ type: 'pressure.raised', ...alert }));
      // By way of a warning, where some writes were refused after the last look.
      const { metric } = alert;
      expect(events).toContainEqual(expect.objectContaining({ type: 'pressure.cleared', metric }));
      expect(lines).toContainEqual({
        ...{ severity: 'error', message: 'Memory pressure' },
        fields: expect.objectContaining(alert),
      });
    });
  });
}
