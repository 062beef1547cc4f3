import { describe, expect, it } from 'vitest';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { LruHeadCache } from '../adapters/in-process/head-cache.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { ALL_METRICS, METRICS } from '../domain/metrics/catalogue.ts';
import type { MetricsSample } from '../domain/metrics/metric.ts';
import { StepwiseRelief } from '../domain/metrics/relief.ts';
import { AppError } from '../kernel/app-error.ts';
import { silentLogger } from '../kernel/logger.ts';
import type { ProcessStats } from '../kernel/process-stats.ts';
import { StrataOptions } from '../options.ts';
import { cachedHead } from '../ports/head-cache.contract.ts';
import type { StoreTotals } from '../ports/session-index.ts';
import { counted } from '../testing/counted.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { notedLogger } from '../testing/noted-logger.ts';
import { someCacheMetrics } from '../testing/some-measurements.ts';
import { TOPICS } from '../topology.ts';
import { MetricsCollector, type MetricsCollectorDeps } from './collect-metrics.ts';

const TOTALS: StoreTotals = {
  sessions: 2,
  summaries: 3,
  tiers: {
    hot: { items: 1, bytes: 10, rawBytes: 10 },
    warm: { items: 2, bytes: 20, rawBytes: 20 },
    cold: { items: 3, bytes: 30, rawBytes: 90 },
  },
};

function build(alertThresholds = {}, changed: Partial<MetricsCollectorDeps> = {}) {
  const clock = new ManualClock(1_000_000);
  const { lines, log } = notedLogger();
  const meter = new InProcessMeter();
  const cache = new LruHeadCache({ maxSizeBytes: 1_000_000 });
  const bus = new InProcessEventBus({ clock, meter, log });
  const events: unknown[] = [];
  bus.subscribe(TOPICS.events, 'all', async ({ data, attributes, orderingKey }) => {
    events.push({ data, attributes, orderingKey });
  });
  const heap = { usedBytes: 100 };
  const processStats = (): ProcessStats => ({
    heapUsedBytes: heap.usedBytes,
    heapLimitBytes: 1_000,
    heapUsedRatio: heap.usedBytes / 1_000,
    rssBytes: 2_000,
    rssRatio: 0.02,
    eventLoopDelayMs: 3,
    uptimeMs: 4_000,
  });
  const collector = new MetricsCollector({
    processMeter: meter,
    l1: cache,
    index: { totals: async () => TOTALS },
    meter,
    bus,
    clock,
    log,
    options: StrataOptions.parse({ alertThresholds }),
    processStats,
    ...changed,
  });
  return { clock, lines, meter, cache, bus, events, heap, collector };
}

/** Dotted paths of all numbers. */
const leavesOf = (figures: object, above = ''): readonly string[] =>
  Object.entries(figures).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'object' && value !== null) return leavesOf(value, `${above}${name}.`);
    return typeof value === 'number' ? [above + name] : [];
  });

const HEAP_RULE = { 'process.heapUsedBytes': { warning: 400, critical: 500 } };

describe('MetricsCollector', () => {
  it('shows cache, tiers, process and summaries of this moment', async () => {
    const counts = { hits: 3, misses: 1, evictions: 120 };
    const levels = { usedMemoryBytes: 512, maxMemoryBytes: 1_024, keys: 1 };
    const { collector, meter, clock } = build(
      {},
      { l1: { stats: () => ({ ...counts, ...levels }) } },
    );
    meter.count(METRICS.summariesRequested, 5);
    meter.count(METRICS.summariesCommitted, 4, { model: 'extractive' });
    meter.count(METRICS.summariesRefused, 1);
    meter.count(METRICS.itemsAppended, 30);
    meter.count(METRICS.busPublished, 8, { topic: 'memory-events' });
    clock.advance(60_000);
    const figures = someCacheMetrics({
      ...counts,
      ...levels,
      hitRate: 0.75,
      evictionRate: 2,
      usedMemoryRatio: 0.5,
    });
    expect(await collector.collect()).toEqual({
      atMs: 1_060_000,
      cache: figures,
      l1: figures,
      redis: undefined,
      tiers: {
        hot: { items: 1, bytes: 10 },
        warm: { items: 2, bytes: 20 },
        cold: { items: 3, bytes: 30, rawBytes: 90 },
      },
      store: { sessions: 2 },
      process: {
        heapUsedBytes: 100,
        heapLimitBytes: 1_000,
        heapUsedRatio: 0.1,
        rssBytes: 2_000,
        rssRatio: 0.02,
        eventLoopDelayMs: 3,
        uptimeMs: 4_000,
        gcPauses: expect.any(Number),
        gcPauseMs: expect.any(Number),
      },
      functions: {},
      items: { appended: 30, deleted: 0, usersErased: 0, accessesDropped: 0 },
      migrations: { hotToWarm: 0, warmToCold: 0, coldToWarm: 0, toHot: 0, segmentsWritten: 0 },
      summaries: {
        count: 3,
        requested: 5,
        committed: 4,
        fallback: 0,
        replaced: 0,
        refused: 1,
        modelFailures: 0,
        lagP95Ms: undefined,
        tokensIn: 0,
        tokensOut: 0,
        estimatedCostUsd: 0,
        models: {},
      },
      pubsub: { published: 8, redelivered: 0, deadLettered: 0, dropped: 0, unpublished: 0 },
      firestore: undefined,
      alerts: [],
    });
  });

  it('shows exactly the figures that the catalogue says', async () => {
    const server = { countedForMs: 1, refusedWrites: 0, fragmentationRatio: 1, roundTripMs: 1 };
    const full = {
      hits: 1,
      misses: 1,
      evictions: 0,
      keys: 1,
      usedMemoryBytes: 1,
      maxMemoryBytes: 2,
    };
    const { collector, meter } = build(
      {},
      { l1: { stats: () => full }, redis: { stats: () => ({ ...full, server }) } },
    );
    meter.count(METRICS.requests, 1, { function: 'read-items', status: '200' });
    meter.observe(METRICS.requestDuration, 1, { function: 'read-items' });
    meter.observe(METRICS.summaryLag, 1);
    meter.count(METRICS.modelTokens, 1, { model: 'm', kind: 'prompt' });
    meter.count(METRICS.firestoreOperations, 1, { operation: 'read' });
    const { atMs: _, alerts: __, cache: ___, ...figures } = await collector.collect();
    const shown = leavesOf(figures)
      .map((path) => path.replace('read-items', '*').replace('.m.', '.*.'))
      .map((path) => path.replace(/^tiers\.\w+\.(items|bytes)$/, 'tiers.*.$1'));
    const known = ALL_METRICS.flatMap(({ paths = [] }) => paths).filter(
      (path) => path !== 'alerts',
    );
    expect([...new Set(shown)].sort()).toEqual([...new Set(known)].sort());
  });

  it('shows Redis as the cache where there is one', async () => {
    const stats = (hits: number) => ({
      ...{ hits, misses: 0, evictions: 0, keys: 5, usedMemoryBytes: 1, maxMemoryBytes: 2 },
    });
    const redis = { stats: async () => stats(7) };
    const { collector } = build({}, { redis });
    const snapshot = await collector.collect();
    expect(snapshot.redis).toMatchObject({ hits: 7, keys: 5 });
    expect(snapshot.cache).toEqual(snapshot.redis);
    expect(snapshot.l1).toMatchObject({ keys: 0 });
  });

  it('asks the store when Redis has answered: loading its client keeps the event loop', async () => {
    const asked: string[] = [];
    const answer = async (what: string) => {
      asked.push(`${what} is asked`);
      await new Promise(setImmediate);
      asked.push(`${what} has answered`);
    };
    const stats = { hits: 0, misses: 0, evictions: 0, keys: 0, usedMemoryBytes: 0 };
    const { collector } = build(
      {},
      {
        redis: { stats: () => answer('Redis').then(() => ({ ...stats, maxMemoryBytes: 1 })) },
        index: { totals: () => answer('the store').then(() => TOTALS) },
      },
    );
    await collector.collect();
    expect(asked).toEqual([
      ...['Redis is asked', 'Redis has answered'],
      ...['the store is asked', 'the store has answered'],
    ]);
  });

  it('hands every sample to the exporter, with what it read and counted', async () => {
    const samples: MetricsSample[] = [];
    const exporter = { export: async (sample: MetricsSample) => void samples.push(sample) };
    const { collector, meter, clock } = build({}, { exporter });
    meter.count(METRICS.itemsAppended, 3);
    clock.advance(60_000);
    await collector.collect();
    expect(samples).toMatchObject([{ atMs: 1_060_000, startedAtMs: 1_000_000 }]);
    expect(counted({ series: () => samples[0]?.series ?? [] })).toMatchObject({
      items_appended: 3,
      l1_keys: 0,
      sessions: 2,
      'tier_items{tier=cold}': 3,
      heap_used: 100,
    });
  });

  it('answers, and counts it, when the exporter takes nothing', async () => {
    const exporter = { export: () => Promise.reject(new AppError('unavailable', 'no quota')) };
    const { collector, meter, lines } = build({}, { exporter });
    expect((await collector.collect()).tiers?.hot.items).toBe(1);
    expect(counted(meter)).toMatchObject({ samples_unexported: 1 });
    expect(lines).toMatchObject([{ severity: 'warning' }]);
  });

  it('measures each sample from the one before', async () => {
    const { collector, cache, clock } = build();
    const key = cachedHead('s1', 1).sessionKey;
    cache.get(key);
    expect((await collector.collect()).cache?.hitRate).toBe(0);
    cache.put(cachedHead('s1', 1));
    cache.get(key);
    clock.advance(60_000);
    expect((await collector.collect()).cache?.hitRate).toBe(1);
    expect((await collector.collect()).cache?.hitRate).toBeUndefined();
  });

  it('raises an alert after two samples, says so in log and events, and clears it', async () => {
    const { collector, heap, events, lines, bus, clock } = build(HEAP_RULE);
    heap.usedBytes = 450;
    expect((await collector.collect()).alerts).toEqual([]);
    expect(collector.isUnderPressure()).toBe(false);
    clock.advance(60_000);
    const raised = {
      metric: 'process.heapUsedBytes',
      level: 'warning',
      value: 450,
      threshold: 400,
      sinceMs: 1_060_000,
      advice: expect.stringContaining('l1MaxMemoryMb'),
    };
    expect((await collector.collect()).alerts).toEqual([raised]);
    expect(collector.alerts()).toEqual([raised]);
    expect(collector.isUnderPressure()).toBe(true);
    heap.usedBytes = 350;
    await collector.collect();
    expect(collector.isUnderPressure()).toBe(false);
    await bus.drain();
    const { sinceMs: _, ...event } = raised;
    expect(events).toEqual([
      {
        data: { version: 1, type: 'pressure.raised', ...event },
        attributes: { type: 'pressure.raised' },
        orderingKey: 'pressure/process.heapUsedBytes',
      },
      {
        data: { version: 1, type: 'pressure.cleared', ...event },
        attributes: { type: 'pressure.cleared' },
        orderingKey: 'pressure/process.heapUsedBytes',
      },
    ]);
    expect(lines).toMatchObject([
      {
        severity: 'warning',
        message: 'Memory pressure',
        fields: { advice: expect.stringContaining('l1MaxMemoryMb') },
      },
      { severity: 'info', message: 'Memory pressure is over' },
    ]);
  });

  it('logs a critical alert as an error', async () => {
    const { collector, heap, lines } = build(HEAP_RULE);
    heap.usedBytes = 900;
    await collector.collect();
    await collector.collect();
    expect(lines.map(({ severity }) => severity)).toEqual(['error']);
  });

  it('raises no alert over a hit rate when nothing was looked up', async () => {
    const { collector } = build({ 'cache.hitRate': { warning: 0.5, critical: 0.2, below: true } });
    for (let sample = 0; sample < 3; sample++) await collector.collect();
    expect(collector.alerts()).toEqual([]);
  });

  it('reports a path that names no figure once, and goes on', async () => {
    const limits = { warning: 1, critical: 2 };
    const { collector, lines } = build({ 'cache.hitrate': limits, 'cache.hitRate': limits });
    await collector.collect();
    await collector.collect();
    expect(lines).toMatchObject([{ severity: 'warning', fields: { path: 'cache.hitrate' } }]);
  });

  it('takes one sample for calls that overlap: an alert is not raised twice as fast', async () => {
    let reads = 0;
    const index = {
      totals: async () => {
        reads++;
        return TOTALS;
      },
    };
    const { collector, heap } = build(HEAP_RULE, { index });
    heap.usedBytes = 450;
    const snapshots = await Promise.all([1, 2, 3].map(() => collector.collect()));
    expect(reads).toBe(1);
    expect(snapshots[2]).toEqual(snapshots[0]);
    expect(collector.alerts()).toEqual([]);
    await collector.collect();
    expect(collector.alerts()).toHaveLength(1);
  });

  it('shows what it can while the store is out of reach', async () => {
    const index = {
      totals: () => Promise.reject(new AppError('unavailable', 'database is locked')),
    };
    const { collector, meter, lines } = build({}, { index });
    meter.count(METRICS.summariesRefused);
    const snapshot = await collector.collect();
    expect(snapshot.tiers).toBeUndefined();
    expect(snapshot.summaries).toMatchObject({ count: undefined, refused: 1 });
    expect(snapshot.cache?.keys).toBe(0);
    expect(lines).toMatchObject([{ severity: 'warning', fields: { source: 'store' } }]);
    expect(counted(meter)).toMatchObject({ 'sources_unread{source=store}': 1 });
    expect(await collector.openMetrics()).toContain('strata_l1_keys 0');
  });

  it('does not fail when the bus takes no events', async () => {
    const bus = { publish: () => Promise.reject(new AppError('unavailable', 'closed')) };
    const { collector, heap, meter } = build(HEAP_RULE, { bus });
    heap.usedBytes = 450;
    await collector.collect();
    expect((await collector.collect()).alerts).toHaveLength(1);
    expect(counted(meter)).toMatchObject({ events_unpublished: 1 });
  });

  it('shows only the process when there is nothing else to look at', async () => {
    const clock = new ManualClock(0);
    const log = silentLogger;
    const processMeter = new InProcessMeter();
    const options = StrataOptions.parse({});
    const collector = new MetricsCollector({ clock, log, options, processMeter });
    const { cache, redis, tiers, summaries, process, alerts } = await collector.collect();
    expect([cache, redis, tiers, summaries, alerts]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      [],
    ]);
    expect(process.heapUsedBytes).toBeGreaterThan(0);
    expect(await collector.openMetrics()).toMatch(/^strata_heap_used_bytes \d+$/m);
  });

  it('writes OpenMetrics without taking a sample', async () => {
    const { collector, cache, meter } = build();
    cache.get(cachedHead('s1', 1).sessionKey);
    meter.count(METRICS.requests, 2, { function: 'read-items', status: '200' });
    const text = await collector.openMetrics();
    expect(text).toContain('strata_requests_total{function="read-items",status="200"} 2\n');
    expect(text).toContain('strata_l1_misses_total 1\n');
    expect(text).toContain('strata_tier_raw_bytes{tier="cold"} 90\n');
    expect(text).toContain('strata_summaries_kept 3\n');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect((await collector.collect()).cache?.hitRate).toBe(0);
  });

  it('uses less while a figure of the process is critical, and takes it back in steps', async () => {
    const relief = { process: new StepwiseRelief(), redis: new StepwiseRelief() };
    const { collector, heap, lines } = build(HEAP_RULE, { relief });
    const shares: number[] = [];
    for (const usedBytes of [900, 900, 900, 100, 100, 100]) {
      heap.usedBytes = usedBytes;
      await collector.collect();
      shares.push(relief.process.share);
    }
    expect(shares).toEqual([1, 0.5, 0.25, 0.5, 1, 1]);
    expect(relief.redis.share).toBe(1);
    expect(lines.filter(({ message }) => message.startsWith('Caches'))).toMatchObject([
      { severity: 'info', fields: { on: 'process', share: 0.5 } },
      { fields: { share: 0.25 } },
      { fields: { share: 0.5 } },
      { fields: { share: 1 } },
    ]);
  });

  it('keeps all of its memory under a warning', async () => {
    const relief = { process: new StepwiseRelief(), redis: new StepwiseRelief() };
    const { collector, heap } = build(HEAP_RULE, { relief });
    heap.usedBytes = 450;
    for (let sample = 0; sample < 4; sample++) await collector.collect();
    expect(collector.alerts()).toMatchObject([{ level: 'warning' }]);
    expect(relief.process.share).toBe(1);
  });

  it('relieves Redis for its own figures, also under the name of the cache', async () => {
    const relief = { process: new StepwiseRelief(), redis: new StepwiseRelief() };
    let evictions = 0;
    const redis = {
      stats: () => ({
        ...{ hits: 0, misses: 0, evictions, keys: 1, usedMemoryBytes: 9, maxMemoryBytes: 9 },
      }),
    };
    const rule = { 'cache.evictionRate': { warning: 1, critical: 5 } };
    const { collector, clock } = build(rule, { relief, redis });
    for (let sample = 0; sample < 3; sample++) {
      clock.advance(10_000);
      evictions += 100;
      await collector.collect();
    }
    expect([relief.redis.share, relief.process.share]).toEqual([0.25, 1]);
    clock.advance(60_000);
    await collector.collect();
    expect(relief.redis.share).toBe(0.5);
  });

  it('polls no sooner than profilingInterval after the last sample', async () => {
    const { collector, clock } = build();
    expect(collector.poll()).toBeUndefined();
    clock.advance(59_999);
    expect(collector.poll()).toBeUndefined();
    clock.advance(1);
    await collector.poll();
    expect(collector.poll()).toBeUndefined();
    clock.advance(60_000);
    expect(collector.poll()).toBeInstanceOf(Promise);
  });

  it('leaves the samples to who collects, unless he is late', async () => {
    const { collector, clock } = build();
    await collector.collect();
    clock.advance(89_999);
    expect(collector.poll()).toBeUndefined();
    clock.advance(1);
    expect(collector.poll()).toBeInstanceOf(Promise);
  });

  it('asks the store for who collects, also while a poll is under way', async () => {
    const { collector, clock } = build();
    clock.advance(60_000);
    const polled = collector.poll();
    const collected = [collector.collect(), collector.collect()];
    await polled;
    for (const snapshot of await Promise.all(collected)) {
      expect(snapshot.tiers).toMatchObject({ hot: { items: 1 }, cold: { items: 3 } });
    }
  });

  it('does not ask the store in a poll, and ends no alert for that', async () => {
    let reads = 0;
    const index = {
      totals: async () => {
        reads++;
        return TOTALS;
      },
    };
    const rule = { ...HEAP_RULE, 'tiers.cold.items': { warning: 1, critical: 100 } };
    const { collector, clock, heap, events, bus } = build(rule, { index });
    await collector.collect();
    await collector.collect();
    heap.usedBytes = 450;
    for (let sample = 0; sample < 3; sample++) {
      clock.advance(100_000);
      await collector.poll();
    }
    expect(reads).toBe(2);
    expect(
      collector
        .alerts()
        .map(({ metric }) => metric)
        .sort(),
    ).toEqual(['process.heapUsedBytes', 'tiers.cold.items']);
    await bus.drain();
    expect(events).toHaveLength(2);
  });

  it('leaves it to who collects to tell of what all instances see alike', async () => {
    const stats = { hits: 0, misses: 0, evictions: 0, keys: 1, usedMemoryBytes: 9 };
    const redis = { stats: () => ({ ...stats, maxMemoryBytes: 9 }) };
    const rule = { 'redis.usedMemoryRatio': { warning: 0.5, critical: 2 } };
    const { collector, clock, events, bus } = build(rule, { redis });
    for (let sample = 0; sample < 3; sample++) {
      clock.advance(60_000);
      await collector.poll();
    }
    await bus.drain();
    expect([collector.alerts().length, events.length]).toEqual([1, 0]);
    await collector.collect();
    await bus.drain();
    expect(events).toHaveLength(1);
  });
});
