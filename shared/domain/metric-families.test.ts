import { describe, expect, it } from 'vitest';
import { metricFamilies, type Readings } from './metric-families.ts';
import { METRICS } from './metric-names.ts';

const READINGS: Readings = {
  series: [],
  caches: {},
  process: {
    heapUsedBytes: 50,
    heapLimitBytes: 200,
    heapUsedRatio: 0.25,
    rssBytes: 300,
    eventLoopDelayMs: 2,
    uptimeMs: 5_000,
  },
  alerts: [],
};

const find = (readings: Readings, name: string) =>
  metricFamilies(readings).find((family) => family.name === name);

describe('metricFamilies', () => {
  it('gives durations in seconds', () => {
    const duration = {
      name: METRICS.requestDuration.name,
      kind: 'histogram' as const,
      labels: { function: 'read-items' },
      value: 1_500,
      buckets: [
        { upToMs: 50, count: 1 },
        { upToMs: 2_500, count: 2 },
      ],
      count: 2,
    };
    expect(find({ ...READINGS, series: [duration] }, 'strata_request_duration')).toMatchObject({
      kind: 'histogram',
      unit: 'seconds',
      samples: [
        {
          labels: { function: 'read-items' },
          buckets: [
            { upTo: 0.05, count: 1 },
            { upTo: 2.5, count: 2 },
          ],
          count: 2,
          sum: 1.5,
        },
      ],
    });
    expect(find(READINGS, 'strata_event_loop_delay')).toMatchObject({
      samples: [{ value: 0.002 }],
    });
  });

  it('starts a counter without labels at zero and leaves out what has no sample', () => {
    expect(find(READINGS, 'strata_items_appended')).toMatchObject({
      samples: [{ labels: {}, value: 0 }],
    });
    expect(find(READINGS, 'strata_requests')).toBeUndefined();
    expect(find(READINGS, 'strata_tier_items')).toBeUndefined();
    expect(find(READINGS, 'strata_alert')).toBeUndefined();
  });

  it('shows each cache, tier and alert under its label', () => {
    const caches = {
      cache: {
        hits: 9,
        misses: 1,
        evictions: 0,
        keys: 4,
        usedMemoryBytes: 100,
        maxMemoryBytes: 1_000,
      },
    };
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
    };
    const readings = { ...READINGS, caches, tiers, summaryCount: 7, alerts: [alert] };
    expect(find(readings, 'strata_cache_hits')).toMatchObject({
      kind: 'counter',
      samples: [{ labels: { cache: 'cache' }, value: 9 }],
    });
    expect(find(readings, 'strata_tier_items')?.samples).toEqual([
      { labels: { tier: 'hot' }, value: 1 },
      { labels: { tier: 'warm' }, value: 2 },
      { labels: { tier: 'cold' }, value: 3 },
    ]);
    expect(find(readings, 'strata_tier_raw')?.samples).toEqual([
      { labels: { tier: 'cold' }, value: 90 },
    ]);
    expect(find(readings, 'strata_summaries_kept')?.samples).toEqual([{ labels: {}, value: 7 }]);
    expect(find(readings, 'strata_alert')?.samples).toEqual([
      { labels: { metric: 'cache.hitRate', level: 'warning' }, value: 1 },
    ]);
  });

  it('shows a series that is not in the list, under a name that is allowed', () => {
    const series = [
      { name: 'own-count', kind: 'counter' as const, labels: { a: '1' }, value: 2 },
      { name: 'own-count', kind: 'counter' as const, labels: { a: '2' }, value: 3 },
    ];
    const own = metricFamilies({ ...READINGS, series }).filter(
      ({ name }) => name === 'strata_own_count',
    );
    expect(own).toMatchObject([{ samples: [{ value: 2 }, { value: 3 }] }]);
  });

  it('has every name once', () => {
    const names = metricFamilies(READINGS).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
