import { beforeEach, describe, expect, it } from 'vitest';
import type { Metric } from '../domain/metrics/metric.ts';
import type { Meter } from './meter.ts';

export interface MeterHarness {
  /** A meter that has counted nothing. */
  create(): Meter;
}

const rest = { unit: 'count', scope: 'process', meaning: 'For this test' } as const;
const APPENDED: Metric<'cumulative', never> = {
  ...rest,
  name: 'appended',
  kind: 'cumulative',
  labels: {},
};
const WAITING: Metric<'gauge', never> = { ...rest, name: 'waiting', kind: 'gauge', labels: {} };
const REQUESTS: Metric<'cumulative', 'function' | 'status'> = {
  ...rest,
  name: 'requests',
  kind: 'cumulative',
  labels: { function: 'who', status: 'how' },
};
const DURATION: Metric<'distribution', never> = {
  ...rest,
  name: 'duration',
  kind: 'distribution',
  labels: {},
  boundsMs: [5, 10, 25],
};

/** What every `Meter` must do. Each adapter's test file calls this once. */
export function describeMeter(name: string, harness: MeterHarness): void {
  describe(`${name} keeps the Meter contract`, () => {
    let meter: Meter;
    beforeEach(() => {
      meter = harness.create();
    });

    it('adds to a counter, by one unless told otherwise', () => {
      meter.count(APPENDED);
      meter.count(APPENDED, 4);
      expect(meter.series()).toEqual([{ metric: APPENDED, labels: {}, value: 5 }]);
    });

    it('keeps the last value of a gauge', () => {
      meter.gauge(WAITING, 4);
      meter.gauge(WAITING, -2.5);
      expect(meter.series()).toEqual([{ metric: WAITING, labels: {}, value: -2.5 }]);
    });

    it('keeps series apart by their labels, whose order does not matter', () => {
      meter.count(REQUESTS, 1, { function: 'read-items', status: '200' });
      meter.count(REQUESTS, 1, { status: '200', function: 'read-items' });
      meter.count(REQUESTS, 1, { function: 'read-items', status: '404' });
      expect(meter.series()).toEqual([
        { metric: REQUESTS, labels: { function: 'read-items', status: '200' }, value: 2 },
        { metric: REQUESTS, labels: { function: 'read-items', status: '404' }, value: 1 },
      ]);
    });

    it('counts observations at or below each bound, their sum and their number', () => {
      for (const ms of [3, 10, 11, 10_000_000]) meter.observe(DURATION, ms);
      const buckets = [
        { upToMs: 5, count: 1 },
        { upToMs: 10, count: 2 },
        { upToMs: 25, count: 3 },
      ];
      const distribution = { count: 4, sumMs: 10_000_024, buckets };
      expect(meter.series()).toEqual([{ metric: DURATION, labels: {}, distribution }]);
    });

    it('ignores what would spoil a series: a shrinking counter, a value that is no number', () => {
      meter.count(APPENDED, 2);
      meter.count(APPENDED, -1);
      meter.count(APPENDED, Number.NaN);
      meter.gauge(WAITING, 1);
      meter.gauge(WAITING, Number.POSITIVE_INFINITY);
      meter.observe(DURATION, -1);
      meter.observe(DURATION, Number.NaN);
      expect(meter.series()).toEqual([
        { metric: APPENDED, labels: {}, value: 2 },
        { metric: WAITING, labels: {}, value: 1 },
      ]);
    });

    it('hands out copies: what was read does not change afterwards', () => {
      const labels = { function: 'read-items', status: '200' };
      meter.count(REQUESTS, 1, labels);
      labels.status = '404';
      const before = meter.series();
      meter.count(REQUESTS, 1, { function: 'read-items', status: '200' });
      expect(before).toEqual([
        { metric: REQUESTS, labels: { function: 'read-items', status: '200' }, value: 1 },
      ]);
      expect(meter.series()).toMatchObject([{ value: 2 }]);
    });
  });
}
