import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { openMetricsName } from '../../shared/domain/metrics/open-metrics.ts';
import { DAY_MS } from '../../shared/kernel/clock.ts';
import { openMetricsFaults } from '../../shared/testing/open-metrics-faults.ts';
import { readOpenMetrics } from '../../shared/testing/read-open-metrics.ts';
import { removeDir, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  // Nobody but the test takes samples.
  stack = await startTestStack({ env: { STRATA_PROFILING_INTERVAL: '86400' } });
});
afterAll(async () => {
  await stack.close();
  await removeDir(stack.dataDir);
});

const SESSION = 'userId=u1&sessionId=long';
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const items = (count: number, days: number) =>
  Array.from({ length: count }, (_, index) => ({
    content: `Message ${index} of the ${days}th day, with a few words to be stored`,
    contentType: 'user_message',
    createdAt: daysAgo(days),
  }));
const write = (userId: string, sessionId: string, sent: readonly object[]) =>
  stack.call('POST', '/write-items', { userId, sessionId, items: sent });
const collect = async () => (await stack.call('POST', '/collect-metrics', {})).json;
const scrape = async () => (await stack.call('GET', '/collect-metrics/metrics')).text;

/** Every counter and level that the text shows. */
const read = async () => readOpenMetrics(await scrape());

describe('the metrics of a memory that was driven with known counts', () => {
  it('count all of it, and nothing more', async () => {
    expect(await collect()).toMatchObject({
      functions: {},
      items: { appended: 0 },
      tiers: { hot: { items: 0, bytes: 0 } },
      store: { sessions: 0 },
    });

    // 30 cold ones ask for a summary, which covers all but the last 15 groups.
    expect((await write('u1', 'long', items(30, 40))).status).toBe(201);
    expect((await write('u1', 'long', items(6, 10))).status).toBe(201);
    const short = (await write('u1', 'short', items(4, 1))).json;
    expect((await write('u1', 'short', [{ content: 7 }])).status).toBe(400);
    expect((await write('u2', 'gone', items(3, 1))).status).toBe(201);
    await stack.settle();
    // Before anything is read: what is read often stays.
    const migrated = (await stack.call('POST', '/migrate-tiers', {})).json;
    expect(migrated).toMatchObject({ warmToCold: 30, hotToWarm: 6, segmentsWritten: 1 });
    for (let turn = 0; turn < 5; turn++) {
      expect((await stack.call('GET', `/read-items/context?${SESSION}`)).status).toBe(200);
    }
    expect((await stack.call('GET', '/read-items/no-such-item')).status).toBe(404);
    expect((await stack.call('DELETE', `/write-items/${short.items[1].id}`)).status).toBe(204);
    expect((await stack.call('POST', '/erase-user', { userId: 'u2' })).status).toBe(200);
    // No retry can mend it: parked.
    await stack.runtime.bus.publish([{ topic: 'memory-append', data: { version: 1 } }]);
    await stack.settle();

    const text = await scrape();
    expect(openMetricsFaults(text)).toEqual([]);
    const shown = readOpenMetrics(text);
    const requests = (name: string, status: string | number) =>
      shown[`strata_requests_total{function=${name},status=${status}}`];
    expect([
      requests('write-items', 201),
      requests('write-items', 400),
      requests('write-items', 204),
      requests('read-items', 200),
      requests('read-items', 404),
      requests('migrate-tiers', 200),
      requests('erase-user', 200),
      requests('summarize-session', 'done'),
      requests('ingest-items', 'parked'),
    ]).toEqual([4, 1, 1, 5, 1, 1, 1, 1, 1]);
    expect(shown).toMatchObject({
      'strata_request_duration_seconds_count{function=write-items}': 6,
      'strata_request_duration_seconds_bucket{function=write-items,le=+Inf}': 6,
      'strata_request_duration_seconds_count{function=read-items}': 6,
      strata_items_appended_total: 30 + 6 + 4 + 3,
      strata_items_deleted_total: 1 + 3,
      strata_users_erased_total: 1,
      'strata_items_migrated_total{direction=warm-to-cold}': 30,
      'strata_items_migrated_total{direction=hot-to-warm}': 6,
      'strata_items_migrated_total{direction=cold-to-warm}': 0,
      strata_segments_written_total: 1,
      strata_summaries_requested_total: 1,
      strata_summaries_refused_total: 0,
      strata_summary_lag_seconds_count: 1,
      'strata_bus_published_total{topic=memory-summarize}': 1,
      'strata_bus_dead_lettered_total{topic=memory-append}': 1,
      strata_sessions: 2,
      strata_summaries_kept: 1,
      'strata_tier_items{tier=hot}': 3,
      'strata_tier_items{tier=warm}': 6,
      'strata_tier_items{tier=cold}': 30,
    });
    expect(shown).not.toHaveProperty('strata_request_errors_total{function=write-items}');

    const snapshot = await collect();
    expect(snapshot).toMatchObject({
      functions: {
        'write-items': { requests: 6, errors: 0, errorRate: 0 },
        'read-items': { requests: 6, errors: 0 },
        'summarize-session': { requests: 1 },
        'ingest-items': { requests: 1, errors: 0 },
      },
      items: { appended: 43, deleted: 4, usersErased: 1, accessesDropped: 0 },
      migrations: { hotToWarm: 6, warmToCold: 30, coldToWarm: 0, segmentsWritten: 1 },
      summaries: { count: 1, requested: 1, committed: 1, fallback: 0, refused: 0 },
      pubsub: { redelivered: 0, deadLettered: 1, unpublished: 0 },
      store: { sessions: 2 },
      tiers: { hot: { items: 3 }, warm: { items: 6 }, cold: { items: 30 } },
      redis: null,
      firestore: null,
    });
    const { cold } = snapshot.tiers;
    expect(cold.bytes).toBe(shown['strata_tier_stored_bytes{tier=cold}']);
    expect(cold.rawBytes).toBeGreaterThan(cold.bytes);
    const { p50Ms, p95Ms, p99Ms } = snapshot.functions['write-items'];
    expect(p50Ms).toBeGreaterThan(0);
    expect(p95Ms).toBeGreaterThanOrEqual(p50Ms);
    expect(p99Ms).toBeGreaterThanOrEqual(p95Ms);
    expect(snapshot.summaries.lagP95Ms).toBeGreaterThan(0);
    expect(snapshot.cache).toEqual(snapshot.l1);
  });

  it('counts every lookup of the cache, and gives rates of the time between two samples', async () => {
    const before = await read();
    const context = () => stack.call('GET', `/read-items/context?${SESSION}`);
    await context(); // So that it is there, whatever was dropped before.
    const middle = await read();
    await collect();
    for (let turn = 0; turn < 7; turn++) await context();
    const after = await read();
    const grown = (name: string, from: Readonly<Record<string, number>>) =>
      (after[name] ?? 0) - (from[name] ?? 0);
    expect(grown('strata_l1_hits_total', middle)).toBe(7);
    expect(grown('strata_l1_misses_total', middle)).toBe(0);
    expect(grown('strata_requests_total{function=read-items,status=200}', before)).toBe(8);
    expect((await collect()).cache).toMatchObject({ hits: 7, misses: 0, hitRate: 1 });
    expect((await collect()).cache).toMatchObject({ hits: 0, misses: 0, hitRate: null });
  });

  it('names no family that is not in the catalogue', async () => {
    const known = new Set(ALL_METRICS.map(openMetricsName));
    const shown = [...(await scrape()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(35);
    expect(shown.filter((name) => !known.has(name ?? ''))).toEqual([]);
  });
});
