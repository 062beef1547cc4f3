import { describe, expect, it } from 'vitest';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { LruHeadCache } from '../adapters/in-process/head-cache.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { AppError } from '../kernel/app-error.ts';
import type { LogFields, Logger } from '../kernel/logger.ts';
import type { ProcessStats } from '../kernel/process-stats.ts';
import { StrataOptions } from '../options.ts';
import { cachedHead } from '../ports/head-cache.contract.ts';
import type { StoreTotals } from '../ports/session-index.ts';
import { counted } from '../testing/counted.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { TOPICS } from '../topology.ts';
import { createMetricsCollector, type MetricsCollectorDeps } from './collect-metrics.ts';

const TOTALS: StoreTotals = {
  sessions: 2,
  summaries: 3,
  tiers: {
    hot: { items: 1, bytes: 10, rawBytes: 10 },
    warm: { items: 2, bytes: 20, rawBytes: 20 },
    cold: { items: 3, bytes: 30, rawBytes: 90 },
  },
};

interface Line {
  readonly severity: keyof Logger;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

function build(alertThresholds = {}, changed: Partial<MetricsCollectorDeps> = {}) {
  const clock = new ManualClock(1_000_000);
  const lines: Line[] = [];
  const at = (severity: keyof Logger) => (message: string, fields?: LogFields) =>
    lines.push({ severity, message, fields });
  const log: Logger = { info: at('info'), warning: at('warning'), error: at('error') };
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
    eventLoopDelayMs: 3,
    uptimeMs: 4_000,
  });
  const collector = createMetricsCollector({
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

const HEAP_RULE = { 'process.heapUsedBytes': { warning: 400, critical: 500 } };

describe('createMetricsCollector', () => {
  it('shows cache, tiers, process and summaries of this moment', async () => {
    const counts = { hits: 3, misses: 1, evictions: 120 };
    const levels = { usedMemoryBytes: 512, maxMemoryBytes: 1_000_000, keys: 1 };
    const { collector, meter, clock } = build(
      {},
      { l1: { stats: () => ({ ...counts, ...levels }) } },
    );
    meter.count(METRICS.summariesRequested, 5);
    meter.count(METRICS.summariesCommitted, 4);
    meter.count(METRICS.summariesRefused, 1);
    clock.advance(60_000);
    const figures = { ...levels, hitRate: 0.75, evictionRate: 2 };
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
        eventLoopDelayMs: 3,
        uptimeMs: 4_000,
      },
      summaries: { count: 3, requested: 5, committed: 4, fallback: 0, refused: 1 },
      alerts: [],
    });
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
    };
    expect((await collector.collect()).alerts).toEqual([raised]);
    expect(collector.alerts()).toEqual([raised]);
    expect(collector.isUnderPressure()).toBe(true);
    heap.usedBytes = 350;
    await collector.collect();
    expect(collector.isUnderPressure()).toBe(false);
    await bus.drain();
    const event = { metric: 'process.heapUsedBytes', level: 'warning', value: 450, threshold: 400 };
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
    const log: Logger = { info() {}, warning() {}, error() {} };
    const collector = createMetricsCollector({ clock, log, options: StrataOptions.parse({}) });
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
});
