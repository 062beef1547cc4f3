import { beforeEach, describe, expect, it } from 'vitest';
import type { Meter } from './meter.ts';

export interface MeterHarness {
  /** A meter that has counted nothing. */
  create(): Meter;
}

/** What every `Meter` must do. Each adapter's test file calls this once. */
export function describeMeter(name: string, harness: MeterHarness): void {
  describe(`${name} keeps the Meter contract`, () => {
    let meter: Meter;
    beforeEach(() => {
      meter = harness.create();
    });

    it('adds to a counter, by one unless told otherwise', () => {
      meter.count('appended');
      meter.count('appended', 4);
      expect(meter.series()).toEqual([{ name: 'appended', kind: 'counter', labels: {}, value: 5 }]);
    });

    it('keeps the last value of a gauge', () => {
      meter.gauge('waiting', 4);
      meter.gauge('waiting', -2.5);
      expect(meter.series()).toEqual([{ name: 'waiting', kind: 'gauge', labels: {}, value: -2.5 }]);
    });

    it('keeps series apart by their labels, whose order does not matter', () => {
      meter.count('requests', 1, { function: 'read-items', status: '200' });
      meter.count('requests', 1, { status: '200', function: 'read-items' });
      meter.count('requests', 1, { function: 'read-items', status: '404' });
      expect(meter.series()).toEqual([
        {
          name: 'requests',
          kind: 'counter',
          labels: { function: 'read-items', status: '200' },
          value: 2,
        },
        {
          name: 'requests',
          kind: 'counter',
          labels: { function: 'read-items', status: '404' },
          value: 1,
        },
      ]);
    });

    it('counts observations at or below each bound, their sum and their number', () => {
      for (const ms of [3, 10, 11, 10_000_000]) meter.observe('duration', ms);
      const [series] = meter.series();
      expect(series).toMatchObject({ kind: 'histogram', value: 10_000_024, count: 4 });
      const atMost = (ms: number) => series?.buckets?.find(({ upToMs }) => upToMs === ms)?.count;
      expect([atMost(1), atMost(5), atMost(10), atMost(25), atMost(60_000)]).toEqual([
        0, 1, 2, 3, 3,
      ]);
    });

    it('ignores what would spoil a series: a shrinking counter, a value that is no number', () => {
      meter.count('appended', 2);
      meter.count('appended', -1);
      meter.count('appended', Number.NaN);
      meter.gauge('waiting', 1);
      meter.gauge('waiting', Number.POSITIVE_INFINITY);
      meter.observe('duration', -1);
      meter.observe('duration', Number.NaN);
      expect(meter.series().map(({ value }) => value)).toEqual([2, 1]);
    });

    it('hands out copies: what was read does not change afterwards', () => {
      const labels = { topic: 'memory-append' };
      meter.count('published', 1, labels);
      labels.topic = 'memory-events';
      const before = meter.series();
      meter.count('published', 1, { topic: 'memory-append' });
      expect(before).toEqual([
        { name: 'published', kind: 'counter', labels: { topic: 'memory-append' }, value: 1 },
      ]);
      expect(meter.series().map(({ value }) => value)).toEqual([2]);
    });
  });
}
