import { describe, expect, it } from 'vitest';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { LruHeadCache } from '../adapters/in-process/head-cache.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { AppError } from '../kernel/app-error.ts';
import { type LogFields, type Logger, silentLogger } from '../kernel/logger.ts';
import type { SessionIndex } from '../ports/session-index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import {
  MemoryProfiler,
  type MemoryProfilerOptions,
  type ProfiledStorage,
} from './memory-profiler.ts';
import { RedisLruCache } from './redis-lru-cache.ts';

const TIER = { items: 4, bytes: 40, rawBytes: 80 };

function storage(): ProfiledStorage {
  const meter = new InProcessMeter();
  meter.count(METRICS.summariesCommitted, 2, { model: 'extractive' });
  const index: SessionIndex = {
    listSessions: async () => [],
    shards: 1,
    listDue: async () => [],
    countDue: async () => 0,
    totals: async () => ({
      sessions: 1,
      summaries: 2,
      tiers: { hot: TIER, warm: TIER, cold: TIER },
    }),
    listAll: async () => [],
    readSweep: async () => undefined,
    writeSweep: async () => undefined,
  };
  const bus = new InProcessEventBus({ clock: new ManualClock(), meter, log: silentLogger });
  const cache = new LruHeadCache({ maxSizeBytes: 1_000 });
  return { metricsSources: { l1: cache, index, meter, bus } };
}

function build(options: MemoryProfilerOptions = {}) {
  const clock = new ManualClock(0);
  const lines: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  const keep = (message: string, fields?: LogFields) => {
    lines.push({ message, fields });
  };
  const log: Logger = { info: keep, warning: keep, error: keep };
  return { clock, lines, profiler: new MemoryProfiler({ clock, timers: clock, log, ...options }) };
}

/** Lets what was started go on as far as it can without time passing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('MemoryProfiler', () => {
  it('watches the process alone before it is given anything else', async () => {
    const { profiler } = build();
    const { process, cache, tiers, summaries } = await profiler.collectMetrics();
    expect(process.heapUsedBytes).toBeGreaterThan(0);
    expect([cache, tiers, summaries]).toEqual([undefined, undefined, undefined]);
    expect(profiler.isMemoryPressureDetected()).toBe(false);
    expect(profiler.getAlerts()).toEqual([]);
  });

  it('watches a storage from when it is set', async () => {
    const { profiler } = build();
    await profiler.collectMetrics();
    profiler.setTieredStorage(storage());
    const { cache, redis, tiers, summaries } = await profiler.collectMetrics();
    expect(cache).toMatchObject({ keys: 0, maxMemoryBytes: 1_000 });
    expect(redis).toBeUndefined();
    expect(tiers?.cold).toEqual({ items: 4, bytes: 40, rawBytes: 80 });
    expect(summaries).toMatchObject({ count: 2, committed: 2 });
    expect(await profiler.openMetrics()).toContain(
      'strata_summaries_committed_total{model="extractive"} 2\n',
    );
  });

  it('watches a Redis cache beside the storage, and in its place without one', async () => {
    const { profiler } = build();
    const redisCache = new RedisLruCache({ maxMemoryMb: 2 });
    await redisCache.connect();
    await redisCache.set('k', 1);
    await redisCache.get('k');
    profiler.setRedisCache(redisCache);
    const alone = await profiler.collectMetrics();
    expect(alone.redis).toMatchObject({ hitRate: 1, keys: 1, maxMemoryBytes: 2_097_152 });
    expect(alone.cache).toMatchObject({ hitRate: 1, keys: 1 });
    profiler.setTieredStorage(storage());
    const both = await profiler.collectMetrics();
    expect(both.redis?.keys).toBe(1);
    expect(both.l1).toMatchObject({ keys: 0, maxMemoryBytes: 1_000 });
    expect(both.cache).toEqual(both.redis);
  });

  it('reports pressure after two samples, with the defaults of the seed', async () => {
    const { profiler, lines } = build({
      serviceName: 'memory-service',
      alertThresholds: { 'process.heapUsedBytes': { warning: 1, critical: 1e15 } },
    });
    await profiler.collectMetrics();
    expect(profiler.isMemoryPressureDetected()).toBe(false);
    await profiler.collectMetrics();
    expect(profiler.isMemoryPressureDetected()).toBe(true);
    expect(profiler.getAlerts()).toMatchObject([
      { metric: 'process.heapUsedBytes', level: 'warning', threshold: 1 },
    ]);
    expect(lines).toMatchObject([
      { message: 'Memory pressure', fields: { service: 'memory-service' } },
    ]);
  });

  it('takes a sample at its start and one every minute until it is stopped', async () => {
    const { profiler, clock } = build();
    let samples = 0;
    profiler.setRedisCache({
      getStats: async () => {
        samples++;
        return {
          hits: 0,
          misses: 0,
          evictions: 0,
          keys: 0,
          usedMemoryBytes: 0,
          maxMemoryBytes: 0,
        };
      },
    });
    const taken = () => samples;
    profiler.startProfiling();
    profiler.startProfiling();
    await settle();
    expect([taken(), clock.pendingMs]).toEqual([1, [60_000]]);
    profiler.startProfiling();
    await settle();
    expect([taken(), clock.pendingMs]).toEqual([1, [60_000]]);
    for (let minute = 0; minute < 3; minute++) {
      clock.advance(60_000);
      await settle();
    }
    expect([taken(), clock.pendingMs]).toEqual([4, [60_000]]);
    profiler.stopProfiling();
    profiler.stopProfiling();
    expect(clock.pendingMs).toEqual([]);
    profiler.startProfiling();
    await settle();
    expect([taken(), clock.pendingMs]).toEqual([5, [60_000]]);
  });

  it('sets no timer when it is stopped during a sample', async () => {
    const { profiler, clock } = build({ profilingInterval: 5 });
    profiler.startProfiling();
    profiler.stopProfiling();
    await settle();
    expect(clock.pendingMs).toEqual([]);
  });

  it('goes on after a sample that failed', async () => {
    const { profiler, clock, lines } = build();
    let isOpen = false;
    const inner = storage();
    profiler.setTieredStorage({
      get metricsSources() {
        if (isOpen) return inner.metricsSources;
        throw new AppError('invalid-argument', 'Call initialize() first');
      },
    });
    await expect(profiler.collectMetrics()).rejects.toMatchObject({ code: 'invalid-argument' });
    profiler.startProfiling();
    await settle();
    expect(lines).toMatchObject([{ message: 'A sample of the metrics failed' }]);
    isOpen = true;
    clock.advance(60_000);
    await settle();
    expect(lines).toHaveLength(1);
    expect((await profiler.collectMetrics()).tiers?.hot.items).toBe(4);
    profiler.stopProfiling();
  });

  it('starts Cloud Profiler once where it is enabled, and goes on without it', async () => {
    const { profiler, lines } = build({ projectId: 'p1', enableCloudProfiler: true });
    const said = () => lines.filter(({ message }) => message.startsWith('Cloud Profiler'));
    for (const _ of [1, 2]) {
      profiler.startProfiling();
      profiler.stopProfiling();
      await settle();
    }
    expect(said()).toMatchObject([{ message: expect.stringContaining('install it with') }]);
    const other = build({ enableCloudProfiler: false });
    other.profiler.startProfiling();
    other.profiler.stopProfiling();
    await settle();
    expect(other.lines).toEqual([]);
  });

  it('refuses options that are out of bounds', () => {
    expect(() => new MemoryProfiler({ profilingInterval: 0 })).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: { violations: [{ path: 'profilingInterval', message: expect.any(String) }] },
      }),
    );
  });
});
