import { describe, expect, it } from 'vitest';
import { InProcessMeter } from '../../adapters/in-process/meter.ts';
import { counted } from '../../testing/counted.ts';
import { METRICS } from './catalogue.ts';
import { labelValues, mergeSeries, totalOf } from './series.ts';

function meterOf(count: (meter: InProcessMeter) => void): InProcessMeter {
  const meter = new InProcessMeter();
  count(meter);
  return meter;
}

const calls = meterOf((meter) => {
  meter.count(METRICS.requests, 2, { function: 'read-items', status: '200' });
  meter.count(METRICS.requests, 1, { function: 'read-items', status: '404' });
  meter.count(METRICS.requests, 5, { function: 'write-items', status: '201' });
  meter.count(METRICS.requestErrors, 9, { function: 'read-items' });
});

it('adds up the series of one metric that carry the labels', () => {
  const total = (labels?: { function?: string; status?: string }) =>
    totalOf(calls.series(), METRICS.requests, labels);
  expect([total(), total({ function: 'read-items' }), total({ status: '404' })]).toEqual([8, 3, 1]);
  expect(total({ function: 'erase-user' })).toBe(0);
});

it('names the values of a label, each once', () => {
  expect(labelValues(calls.series(), METRICS.requests, 'function')).toEqual([
    'read-items',
    'write-items',
  ]);
});

describe('mergeSeries', () => {
  it('adds up what two meters counted, and takes the later level', () => {
    const other = meterOf((meter) => {
      meter.count(METRICS.requests, 10, { status: '200', function: 'read-items' });
      meter.count(METRICS.itemsAppended, 4);
      meter.gauge(METRICS.sessions, 7);
      meter.observe(METRICS.gcPause, 3, { kind: 'minor' });
    });
    const own = meterOf((meter) => {
      meter.gauge(METRICS.sessions, 5);
      meter.observe(METRICS.gcPause, 1, { kind: 'minor' });
    });
    const merged = mergeSeries([...calls.series(), ...own.series(), ...other.series()]);
    expect(counted({ series: () => merged })).toEqual({
      'requests{function=read-items,status=200}': 12,
      'requests{function=read-items,status=404}': 1,
      'requests{function=write-items,status=201}': 5,
      'request_errors{function=read-items}': 9,
      sessions: 7,
      'gc_pause{kind=minor}': 2,
      items_appended: 4,
    });
  });
});
