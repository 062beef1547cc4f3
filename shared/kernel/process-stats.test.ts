import { describe, expect, it } from 'vitest';
import { createProcessStats, type DelayHistogram } from './process-stats.ts';

/** A histogram that holds one delay between ticks until it is reset. */
function histogramOf(betweenTicksMs: number): DelayHistogram {
  let count = 1;
  return {
    get count() {
      return count;
    },
    percentile: () => (count === 0 ? 511 : betweenTicksMs * 1e6),
    reset: () => {
      count = 0;
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
    const read = createProcessStats(histogramOf(145));
    expect(read().eventLoopDelayMs).toBe(125);
    expect(read().eventLoopDelayMs).toBe(0);
  });

  it('reports no delay for an event loop that is on time', () => {
    expect(createProcessStats(histogramOf(20))().eventLoopDelayMs).toBe(0);
  });
});
