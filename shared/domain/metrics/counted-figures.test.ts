import { describe, expect, it } from 'vitest';
import { InProcessMeter } from '../../adapters/in-process/meter.ts';
import { METRICS } from './catalogue.ts';
import {
  firestoreMetrics,
  functionMetrics,
  itemMetrics,
  migrationMetrics,
  pubsubMetrics,
  summaryMetrics,
} from './counted-figures.ts';

/** What `after` counts, beside what `before` did. */
function count(after: (meter: InProcessMeter) => void, before?: (meter: InProcessMeter) => void) {
  const meter = new InProcessMeter();
  before?.(meter);
  const first = meter.series();
  after(meter);
  return { before: first, now: meter.series() };
}

const READ = { function: 'read-items' };

describe('functionMetrics', () => {
  it('counts calls since the start, and rates and times since the sample before', () => {
    const counted = count(
      (meter) => {
        meter.count(METRICS.requests, 3, { ...READ, status: '200' });
        meter.count(METRICS.requests, 1, { ...READ, status: '503' });
        meter.count(METRICS.requestErrors, 1, READ);
        for (const ms of [1, 1, 1, 40]) meter.observe(METRICS.requestDuration, ms, READ);
      },
      (meter) => {
        meter.count(METRICS.requests, 96, { ...READ, status: '200' });
        meter.count(METRICS.requestErrors, 9, READ);
        for (let call = 0; call < 96; call++) meter.observe(METRICS.requestDuration, 20_000, READ);
      },
    );
    expect(functionMetrics(counted)).toEqual({
      'read-items': {
        requests: 100,
        errors: 10,
        errorRate: 0.25,
        p50Ms: 0.5 + 0.5 * (2 / 3),
        p95Ms: 25 + 25 * 0.8,
        p99Ms: expect.closeTo(25 + 25 * 0.96, 9),
      },
    });
  });

  it('has no rate for a function that was not called since', () => {
    const counted = count(
      () => undefined,
      (meter) => {
        meter.count(METRICS.requests, 1, { ...READ, status: '200' });
        meter.observe(METRICS.requestDuration, 5, READ);
      },
    );
    expect(functionMetrics(counted)['read-items']).toEqual({
      requests: 1,
      errors: 0,
      errorRate: undefined,
      p50Ms: undefined,
      p95Ms: undefined,
      p99Ms: undefined,
    });
  });
});

it('adds items, migrations and messages up over their labels', () => {
  const counted = count((meter) => {
    meter.count(METRICS.itemsAppended, 5);
    meter.count(METRICS.itemsDeleted, 2);
    meter.count(METRICS.itemsMigrated, 4, { direction: 'hot-to-warm' });
    meter.count(METRICS.itemsMigrated, 3, { direction: 'warm-to-cold' });
    meter.count(METRICS.segmentsWritten, 1);
    meter.count(METRICS.busPublished, 6, { topic: 'memory-events' });
    meter.count(METRICS.busPublished, 1, { topic: 'memory-append' });
    meter.count(METRICS.busDeadLettered, 1, { topic: 'memory-append' });
  });
  expect(itemMetrics(counted)).toEqual({
    appended: 5,
    deleted: 2,
    usersErased: 0,
    accessesDropped: 0,
  });
  expect(migrationMetrics(counted)).toEqual({
    hotToWarm: 4,
    warmToCold: 3,
    coldToWarm: 0,
    toHot: 0,
    segmentsWritten: 1,
  });
  expect(pubsubMetrics(counted)).toEqual({
    published: 7,
    redelivered: 0,
    deadLettered: 1,
    dropped: 0,
    unpublished: 0,
  });
});

describe('summaryMetrics', () => {
  it('tells tokens and cost, by model too', () => {
    const counted = count((meter) => {
      const models = { 'gemini-3.5-flash': 2, 'gemini-2.5-pro': 1 };
      for (const [model, calls] of Object.entries(models)) {
        meter.count(METRICS.modelTokens, 100 * calls, { model, kind: 'prompt' });
        meter.count(METRICS.modelTokens, 10 * calls, { model, kind: 'output' });
        meter.count(METRICS.modelTokens, calls, { model, kind: 'thought' });
        meter.count(METRICS.modelCost, 0.25 * calls, { model });
      }
      meter.count(METRICS.summariesCommitted, 3, { model: 'gemini-3.5-flash (prompt 1)' });
      meter.observe(METRICS.summaryLag, 700);
    });
    expect(summaryMetrics(counted, 9)).toEqual({
      count: 9,
      requested: 0,
      committed: 3,
      fallback: 0,
      replaced: 0,
      refused: 0,
      modelFailures: 0,
      lagP95Ms: 500 + 500 * 0.95,
      tokensIn: 300,
      tokensOut: 33,
      estimatedCostUsd: 0.75,
      models: {
        'gemini-3.5-flash': { tokensIn: 200, tokensOut: 22, estimatedCostUsd: 0.5 },
        'gemini-2.5-pro': { tokensIn: 100, tokensOut: 11, estimatedCostUsd: 0.25 },
      },
    });
  });
});

describe('firestoreMetrics', () => {
  it('tells operations and what they cost', () => {
    const counted = count((meter) => {
      meter.count(METRICS.firestoreOperations, 8, { operation: 'read' });
      meter.count(METRICS.firestoreOperations, 5, { operation: 'write' });
      meter.count(METRICS.firestoreCost, 0.5);
    });
    expect(firestoreMetrics(counted)).toEqual({
      reads: 8,
      writes: 5,
      deletes: 0,
      estimatedCostUsd: 0.5,
    });
  });

  it('is absent where Firestore was never asked', () => {
    expect(firestoreMetrics(count(() => undefined))).toBeUndefined();
  });
});
