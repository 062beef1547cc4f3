import { describe, expect, it } from 'vitest';
import { counted } from '../../testing/counted.ts';
import { someCacheMetrics } from '../../testing/some-measurements.ts';
import { type Readings, seriesOfReadings } from './readings.ts';

const READINGS: Readings = {
  process: {
    heapUsedBytes: 50,
    heapLimitBytes: 200,
    heapUsedRatio: 0.25,
    rssBytes: 300,
    rssRatio: undefined,
    eventLoopDelayMs: 2,
    uptimeMs: 5_000,
  },
  alerts: [],
};

const valuesOf = (readings: Readings) => counted({ series: () => seriesOfReadings(readings) });

describe('seriesOfReadings', () => {
  it('shows the process alone where nothing else was read', () => {
    expect(valuesOf(READINGS)).toEqual({
      heap_used: 50,
      heap_limit: 200,
      heap_used_share: 0.25,
      resident_memory: 300,
      event_loop_delay: 2,
      uptime: 5_000,
    });
  });

  it('shows a cache with its rates, and without those that it has not got', () => {
    const totals = { hits: 9, misses: 1, evictions: 2, refusedWrites: 3 };
    const now = someCacheMetrics({ usedMemoryRatio: 0.1, roundTripMs: 0.2 });
    const rates = { hitRate: 0.9, evictionRate: 0.5 };
    const l1 = { totals, now };
    const both = valuesOf({ ...READINGS, l1, redis: { totals, now, rates } });
    expect(both).toMatchObject({
      l1_hits: 9,
      l1_keys: 3,
      redis_hits: 9,
      redis_hit_rate: 0.9,
      redis_eviction_rate: 0.5,
      redis_refused_writes: 3,
      redis_used: 0.1,
      redis_round_trip: 0.2,
    });
    expect(both).not.toHaveProperty('l1_hit_rate');
    expect(both).not.toHaveProperty('redis_fragmentation');
  });

  it('shows each tier and alert under its labels', () => {
    const tiers = {
      hot: { items: 1, bytes: 10 },
      warm: { items: 2, bytes: 20 },
      cold: { items: 3, bytes: 30, rawBytes: 90 },
    };
    const alert = {
      metric: 'cache.hitRate',
      level: 'warning' as const,
      value: 0.4,
      threshold: 0.5,
      sinceMs: 0,
      advice: 'Give it more memory',
    };
    expect(
      valuesOf({ ...READINGS, tiers, sessions: 5, summaryCount: 7, alerts: [alert] }),
    ).toMatchObject({
      'tier_items{tier=hot}': 1,
      'tier_items{tier=cold}': 3,
      'tier_stored{tier=warm}': 20,
      'tier_raw{tier=cold}': 90,
      sessions: 5,
      summaries_kept: 7,
      'alert{metric=cache.hitRate,level=warning}': 1,
    });
  });
});
