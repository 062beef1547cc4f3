import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../shared/testing/manual-clock.ts';
import {
  type MonitoringServer,
  startMonitoringServer,
} from '../../shared/testing/monitoring-server.ts';
import { removeDir, startTestStack, type TestStack } from './test-stack.ts';

const MINUTE_MS = 60_000;

let clock: ManualClock;
let server: MonitoringServer;
let stack: TestStack;
beforeAll(async () => {
  clock = new ManualClock();
  server = await startMonitoringServer({ now: () => clock.now() });
  stack = await startTestStack({
    clock,
    env: {
      STRATA_CLOUD_MONITORING: 'true',
      STRATA_MONITORING_URL: server.url,
      GOOGLE_CLOUD_PROJECT: 'p1',
      STRATA_STORE: 'sqlite',
      STRATA_BUS: 'embedded',
    },
  });
});
afterAll(async () => {
  await stack.close();
  await server.close();
  await removeDir(stack.dataDir);
});

/** The last point of each series of a metric, by its labels. */
const latest = (name: string) =>
  Object.fromEntries(
    server.series
      .filter(({ metric }) => metric.type === `custom.googleapis.com/strata/${name}`)
      .map(({ metric, points }) => [
        Object.values(metric.labels).join(' '),
        Object.values(points.at(-1)?.value ?? {})[0],
      ]),
  );

describe('a process whose figures go to Cloud Monitoring', () => {
  it('sends what was counted with every sample', async () => {
    await stack.say('s1', 'a', 'b', 'c');
    await stack.say('s1', 'd');
    clock.advance(MINUTE_MS);
    expect((await stack.call('POST', '/collect-metrics', {})).status).toBe(200);
    expect(latest('items_appended')).toEqual({ '': '4' });
    expect(latest('requests')).toEqual({ 'write-items 201': '2' });
    expect(latest('tier_items')).toEqual({ hot: '4', warm: '0', cold: '0' });
    await stack.say('s1', 'e');
    clock.advance(MINUTE_MS);
    await stack.call('POST', '/collect-metrics', {});
    expect(latest('items_appended')).toEqual({ '': '5' });
    expect(latest('requests')).toEqual({ 'write-items 201': '3', 'collect-metrics 200': '1' });
    expect(server.series[0]?.resource).toMatchObject({
      type: 'generic_task',
      labels: { project_id: 'p1', location: 'global', namespace: 'strata' },
    });
  });

  it('answers all the same while Cloud Monitoring fails, counts it, and then tells all', async () => {
    server.outage = { status: 503 };
    clock.advance(MINUTE_MS);
    await stack.say('s1', 'f');
    expect((await stack.call('POST', '/collect-metrics', {})).status).toBe(200);
    server.outage = undefined;
    clock.advance(5 * MINUTE_MS);
    expect((await stack.call('POST', '/collect-metrics', {})).status).toBe(200);
    expect(latest('items_appended')).toEqual({ '': '6' });
    expect(latest('samples_unexported')).toEqual({ '': '1' });
  });
});
