import { describe, expect, it } from 'vitest';
import { someCacheMetrics, someMeasurements } from '../../testing/some-measurements.ts';
import {
  type AlertThreshold,
  activeAlerts,
  alertChanges,
  NO_ALERTS,
  stepAlerts,
} from './alerts.ts';
import type { Measurements } from './measurements.ts';

/** A sample in which the heap's share is `value`, and the hit rate too. */
function sampleOf(value: number | undefined, atMs: number): Measurements {
  const { process } = someMeasurements();
  return someMeasurements({
    atMs,
    cache: someCacheMetrics({ hitRate: value }),
    process: { ...process, heapUsedRatio: value ?? 0 },
  });
}

/** What each value of a metric does to its alert: `+level`, `-level` or nothing. */
function play(
  metric: string,
  threshold: AlertThreshold,
  values: readonly (number | undefined)[],
  pendingSamples = 2,
): readonly string[] {
  let state = NO_ALERTS;
  return values.map((value, index) => {
    const rules = { thresholds: { [metric]: threshold }, pendingSamples };
    const step = stepAlerts(state, sampleOf(value, index * 60_000), rules);
    const changes = alertChanges(activeAlerts(state), activeAlerts(step.state));
    state = step.state;
    const raised = changes.raised.map(({ level }) => `+${level}`);
    const cleared = changes.cleared.map(({ level }) => `-${level}`);
    return [...raised, ...cleared].join();
  });
}

const HEAP = 'process.heapUsedRatio';
const HEAP_LIMITS = { warning: 0.8, critical: 0.92 };
const HITS = 'cache.hitRate';
const HIT_LIMITS = { warning: 0.5, critical: 0.2, below: true };

describe('stepAlerts', () => {
  it('raises after two samples in a row above the threshold, and not twice', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.5, 0.81, 0.82, 0.83, 0.84])).toEqual([
      '',
      '',
      '+warning',
      '',
      '',
    ]);
  });

  it('does not count samples that are not in a row', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.85, 0.7, 0.85, 0.7, 0.85])).toEqual(['', '', '', '', '']);
  });

  it('raises with the first sample when one is enough', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.81], 1)).toEqual(['+warning']);
  });

  it('is not breached by the threshold itself', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.8, 0.8, 0.8])).toEqual(['', '', '']);
    expect(play(HITS, HIT_LIMITS, [0.5, 0.5, 0.5])).toEqual(['', '', '']);
  });

  it('clears only 10 % back inside the threshold', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.81, 0.81, 0.79, 0.73, 0.72])).toEqual([
      '',
      '+warning',
      '',
      '',
      '-warning',
    ]);
  });

  it('needs two samples in a row again after it was cleared', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.81, 0.81, 0.7, 0.81, 0.81])).toEqual([
      '',
      '+warning',
      '-warning',
      '',
      '+warning',
    ]);
  });

  it('raises critical at once where the row is long enough, also from a warning', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.95, 0.95])).toEqual(['', '+critical']);
    expect(play(HEAP, HEAP_LIMITS, [0.85, 0.95, 0.95])).toEqual(['', '+warning', '+critical']);
  });

  it('falls from critical to a warning, and from there to nothing', () => {
    // 10 % below 0.92 is 0.828; 10 % below 0.8 is 0.72.
    expect(play(HEAP, HEAP_LIMITS, [0.95, 0.95, 0.83, 0.82, 0.73, 0.7])).toEqual([
      '',
      '+critical',
      '',
      '+warning',
      '',
      '-warning',
    ]);
  });

  it('falls from critical to nothing in one step', () => {
    expect(play(HEAP, HEAP_LIMITS, [0.95, 0.95, 0.1])).toEqual(['', '+critical', '-critical']);
  });

  it('watches for values below a threshold', () => {
    expect(play(HITS, HIT_LIMITS, [0.4, 0.4, 0.1, 0.1, 0.21, 0.3, 0.54, 0.56])).toEqual([
      '',
      '+warning',
      '',
      '+critical',
      '',
      '+warning',
      '',
      '-warning',
    ]);
  });

  it('lets the alert of a share clear that must be near 1', () => {
    const strict = { warning: 0.96, critical: 0.5, below: true };
    expect(play(HITS, strict, [0.9, 0.9, 0.97, 0.981])).toEqual(['', '+warning', '', '-warning']);
    const whole = { warning: 1, critical: 0.5, below: true };
    expect(play(HITS, whole, [0.9, 0.9, 1])).toEqual(['', '+warning', '-warning']);
  });

  it('clears a threshold of zero, and negative ones on their inner side', () => {
    expect(play(HEAP, { warning: 0, critical: 10 }, [1, 1, 0.5, 0])).toEqual([
      '',
      '+warning',
      '',
      '-warning',
    ]);
    expect(play(HEAP, { warning: -10, critical: 0 }, [-9, -9, -10.5, -11])).toEqual([
      '',
      '+warning',
      '',
      '-warning',
    ]);
  });

  it('raises nothing while there is no value', () => {
    expect(play(HITS, HIT_LIMITS, [undefined, undefined, 0.1, undefined, 0.1])).toEqual([
      '',
      '',
      '',
      '',
      '',
    ]);
  });

  it('ends an alert whose value stays away, and keeps it over a single gap', () => {
    expect(play(HITS, HIT_LIMITS, [0.4, 0.4, undefined, 0.4, undefined, undefined])).toEqual([
      '',
      '+warning',
      '',
      '',
      '',
      '-warning',
    ]);
  });

  it('tells value, threshold and since when, and keeps that instant over a change of level', () => {
    const rules = { thresholds: { [HEAP]: HEAP_LIMITS }, pendingSamples: 1 };
    const first = stepAlerts(NO_ALERTS, sampleOf(0.85, 1_000), rules);
    const second = stepAlerts(first.state, sampleOf(0.95, 2_000), rules);
    const third = stepAlerts(second.state, sampleOf(0.96, 3_000), rules);
    const advice = expect.stringContaining('Give the process more memory');
    expect(activeAlerts(first.state)).toEqual([
      { metric: HEAP, level: 'warning', value: 0.85, threshold: 0.8, sinceMs: 1_000, advice },
    ]);
    expect(activeAlerts(second.state)).toEqual([
      { metric: HEAP, level: 'critical', value: 0.95, threshold: 0.92, sinceMs: 1_000, advice },
    ]);
    expect(activeAlerts(third.state)).toEqual([
      { metric: HEAP, level: 'critical', value: 0.96, threshold: 0.92, sinceMs: 1_000, advice },
    ]);
  });

  it('keeps the alerts of several figures apart', () => {
    const thresholds = { [HEAP]: HEAP_LIMITS, [HITS]: HIT_LIMITS };
    const step = stepAlerts(NO_ALERTS, sampleOf(0.85, 0), { thresholds, pendingSamples: 1 });
    expect(activeAlerts(step.state).map(({ metric }) => metric)).toEqual([HEAP]);
  });

  it('names the paths that are no figure', () => {
    const limits = { warning: 1, critical: 2 };
    const thresholds = { 'process.heap': limits, [HEAP]: limits, constructor: limits };
    const { unknown } = stepAlerts(NO_ALERTS, sampleOf(0, 0), { thresholds, pendingSamples: 1 });
    expect(unknown).toEqual(['process.heap', 'constructor']);
  });
});
