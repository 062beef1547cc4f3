import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_METRICS, METRICS } from '../../domain/metrics/catalogue.ts';
import type { Metric, MetricSeries } from '../../domain/metrics/metric.ts';
import { AppError } from '../../kernel/app-error.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { type MonitoringServer, startMonitoringServer } from '../../testing/monitoring-server.ts';
import { CloudMonitoringExporter } from './cloud-monitoring-exporter.ts';
import { connectMonitoring } from './connect.ts';

const STARTED_AT_MS = Date.UTC(2026, 0, 1);
const FUNCTION = { function: 'read-items' };
const MINUTE_MS = 60_000;

describe('CloudMonitoringExporter, with the real client', () => {
  let clock: ManualClock;
  let server: MonitoringServer;
  beforeEach(async () => {
    clock = new ManualClock(STARTED_AT_MS);
    server = await startMonitoringServer({ now: () => clock.now() });
  });
  afterEach(() => server.close());

  const exporterOf = (taskId = 'task-1', url = server.url) =>
    new CloudMonitoringExporter({
      timers: clock,
      connect: async () => ({
        client: await connectMonitoring({ projectId: 'p1', url }),
        place: { projectId: 'p1', location: 'global', namespace: 'strata', job: 'j', taskId },
      }),
    });
  const sampleOf = (series: readonly MetricSeries[], startedAtMs = STARTED_AT_MS) => ({
    atMs: clock.now(),
    startedAtMs,
    series,
  });
  const requests = (value: number, status = '200'): MetricSeries => ({
    metric: METRICS.requests,
    labels: { ...FUNCTION, status },
    value,
  });
  const heap = (value: number): MetricSeries => ({ metric: METRICS.heapUsed, labels: {}, value });
  const values = ({ name }: Metric) =>
    server.series
      .filter(({ metric }) => metric.type === `custom.googleapis.com/strata/${name}`)
      .flatMap(({ points }) => points.map(({ value }) => Object.values(value)[0]));
  const writes = () => server.calls.filter(({ path }) => path.endsWith('/timeSeries'));

  it('writes every metric of the catalogue, as the API wants its kind', async () => {
    const exporter = exporterOf();
    const all = (value: number) => ALL_METRICS.map((metric) => seriesOf(metric, value));
    for (const value of [1, 2, 3]) {
      clock.advance(MINUTE_MS);
      await exporter.export(sampleOf(all(value)));
    }
    expect(server.series).toHaveLength(ALL_METRICS.length);
    for (const { points } of server.series) expect(points).toHaveLength(3);
    expect(values(METRICS.heapUsed)).toEqual(['1', '2', '3']);
    expect(values(METRICS.heapUsedRatio)).toEqual([1, 2, 3]);
  });

  it('makes descriptors that are missing, once, and says in them what they mean', async () => {
    clock.advance(MINUTE_MS);
    await exporterOf('task-1').export(sampleOf([heap(1)]));
    expect(server.descriptors.size).toBe(ALL_METRICS.length);
    expect(server.descriptors.get('custom.googleapis.com/strata/heap_used')).toMatchObject({
      metricKind: 'GAUGE',
      valueType: 'INT64',
      unit: 'By',
      description: 'Heap in use',
      displayName: 'Strata: heap used',
    });
    const before = server.calls.length;
    const second = exporterOf('task-2');
    await second.export(sampleOf([heap(1)]));
    clock.advance(MINUTE_MS);
    await second.export(sampleOf([heap(1)]));
    const paths = server.calls.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(paths).toEqual([
      'GET /v3/projects/p1/metricDescriptors',
      'POST /v3/projects/p1/timeSeries',
      'POST /v3/projects/p1/timeSeries',
    ]);
  });

  it('sends 200 series in a call at most', async () => {
    clock.advance(MINUTE_MS);
    const series = Array.from({ length: 450 }, (_, index) => requests(1, String(index)));
    await exporterOf().export(sampleOf(series));
    expect(writes().map(({ seriesCount }) => seriesCount)).toEqual([200, 200, 50]);
    expect(server.series).toHaveLength(450);
  });

  it('leaves out a sample that comes within ten seconds, and tells all in the next', async () => {
    const exporter = exporterOf();
    clock.advance(MINUTE_MS);
    await exporter.export(sampleOf([requests(1)]));
    clock.advance(9_999);
    await exporter.export(sampleOf([requests(2)]));
    clock.advance(1);
    await exporter.export(sampleOf([requests(3)]));
    clock.set(STARTED_AT_MS);
    await exporter.export(sampleOf([requests(4)]));
    expect(values(METRICS.requests)).toEqual(['1', '3']);
  });

  it('begins anew in a new process, also with the same name', async () => {
    clock.advance(MINUTE_MS);
    await exporterOf('task-1').export(sampleOf([requests(9)]));
    clock.advance(MINUTE_MS);
    await exporterOf('task-1').export(sampleOf([requests(2)], clock.now() - 1_000));
    await exporterOf('task-2').export(sampleOf([requests(5)], clock.now() - 1_000));
    expect(values(METRICS.requests)).toEqual(['9', '2', '5']);
  });

  it('says how many points were refused and why, and keeps the others', async () => {
    clock.advance(MINUTE_MS);
    await exporterOf('task-1').export(sampleOf([requests(1)]));
    clock.advance(1_000);
    const late = exporterOf('task-1').export(sampleOf([requests(2), requests(1, '404')]));
    await expect(late).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^Cloud Monitoring refused 1 of 2 points: .*written more frequently than the maximum/,
      ),
    });
    expect(values(METRICS.requests)).toEqual(['1', '1']);
  });

  it('goes on after a refusal, at once', async () => {
    clock.advance(MINUTE_MS);
    const exporter = exporterOf();
    await expect(exporter.export(sampleOf([heap(1), heap(2)]))).rejects.toThrow('refused 1 of 2');
    clock.advance(MINUTE_MS);
    await exporter.export(sampleOf([heap(3)]));
    expect(values(METRICS.heapUsed)).toEqual(['1', '3']);
  });

  it.each([
    [403, /roles\/monitoring.metricWriter/],
    [401, /no valid credentials/],
    [503, /The call was refused/],
    [429, /The call was refused/],
  ])('says what to do about an outage (%s), and rests for five minutes', async (status, advice) => {
    server.outage = { status };
    clock.advance(MINUTE_MS);
    const exporter = exporterOf();
    await expect(exporter.export(sampleOf([heap(1)]))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(advice),
    });
    server.outage = undefined;
    const before = server.calls.length;
    clock.advance(5 * MINUTE_MS - 1);
    await expect(exporter.export(sampleOf([heap(2)]))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(server.calls).toHaveLength(before);
    clock.advance(1);
    await exporter.export(sampleOf([heap(3)]));
    expect(values(METRICS.heapUsed)).toEqual(['3']);
  });

  it('waits five seconds for an answer and no longer', async () => {
    clock.advance(MINUTE_MS);
    const exporter = exporterOf();
    await exporter.export(sampleOf([heap(1)]));
    server.outage = 'silence';
    clock.advance(MINUTE_MS);
    const exporting = exporter.export(sampleOf([heap(2)]));
    expect(clock.pendingMs).toEqual([5_000]);
    clock.advance(5_000);
    await expect(exporting).rejects.toThrow('Cloud Monitoring gave no answer within 5000 ms');
    expect(clock.pendingMs).toEqual([]);
  });

  it('fails as an exporter may where nothing listens', async () => {
    const exporter = exporterOf('task-1', 'http://127.0.0.1:1');
    clock.advance(MINUTE_MS);
    await expect(exporter.export(sampleOf([heap(1)]))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('connects again after it could not', async () => {
    let attempts = 0;
    const exporter = new CloudMonitoringExporter({
      timers: clock,
      connect: async () => {
        attempts += 1;
        throw new AppError('unavailable', 'No credentials');
      },
    });
    for (const _ of [1, 2]) {
      clock.advance(6 * MINUTE_MS);
      await expect(exporter.export(sampleOf([heap(1)]))).rejects.toThrow('No credentials');
    }
    expect(attempts).toBe(2);
  });
});

/** A series of the metric that grows with `value`. */
function seriesOf(metric: Metric, value: number): MetricSeries {
  const labels = Object.fromEntries(Object.keys(metric.labels).map((label) => [label, 'x']));
  const { kind } = metric;
  if (kind !== 'distribution') return { metric: { ...metric, kind }, labels, value };
  const buckets = (metric.boundsMs ?? []).map((upToMs) => ({ upToMs, count: value }));
  const distribution = { count: value, sumMs: value, buckets };
  return { metric: { ...metric, kind }, labels, distribution };
}
