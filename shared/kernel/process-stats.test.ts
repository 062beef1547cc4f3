import { describe, expect, it } from 'vitest';
import { createProcessStats, type DelayHistogram } from './process-stats.ts';

/** A histogram that holds one time between ticks until it is reset; 511 ns is what Node's says then. */
function histogramOf(betweenTicksMs: number): DelayHistogram {
  let nanoseconds = betweenTicksMs * 1e6;
  return {
    percentile: () => nanoseconds,
    reset: () => {
      nanoseconds = 511;
    },
  };
}

describe('createProcessStats', () => {
  it('reads what the process uses and what it may use', () => {
    const stats = createProcessStats()();
    expect(stats.heapUsedBytes).toBeGreaterThan(1_000_000);
    expect(stats.heapLimitBytes).toBeGreaterThan(stats.heapUsedBytes);
    expect(stats.rssBytes).toBeGreaterThan(1_000_000);
    expect(stats.heapUsedRatio).toBeGreaterThan(0);
    expect(stats.heapUsedRatio).toBeLessThan(1);
    expect(stats.uptimeMs).toBeGreaterThan(0);
  });

  it('reports the delay above the 20 ms between two ticks, since the last reading', () => {
    const read = createProcessStats({ delays: histogramOf(145) });
    expect(read().eventLoopDelayMs).toBe(125);
    expect(read().eventLoopDelayMs).toBe(0);
  });

  it('takes what the last full collection left, where that is less than what is there', () => {
    const left = createProcessStats({ keptBytes: () => 1_024 })();
    expect(left.heapUsedRatio).toBe(1_024 / left.heapLimitBytes);
    const more = createProcessStats({ keptBytes: () => 1e15 })();
    expect(more.heapUsedRatio).toBeGreaterThan(left.heapUsedRatio);
    expect(more.heapUsedRatio).toBeLessThan(1);
  });

  it('reports no delay for an event loop that is on time', () => {
    expect(createProcessStats({ delays: histogramOf(20) })().eventLoopDelayMs).toBe(0);
  });
});
