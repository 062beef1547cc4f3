import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How this process is doing. */
export interface ProcessStats {
  readonly heapUsedBytes: number;
  /** Where V8 gives up, in bytes. */
  readonly heapLimitBytes: number;
  /** `heapUsedBytes` over `heapLimitBytes`, from 0 to 1. */
  readonly heapUsedRatio: number;
  readonly rssBytes: number;
  /** How late the event loop came, 99th percentile since the last reading, in milliseconds. */
  readonly eventLoopDelayMs: number;
  readonly uptimeMs: number;
}

/** What is read of a delay histogram, in nanoseconds. */
export interface DelayHistogram {
  percentile(percent: number): number;
  reset(): void;
}

const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** Starts watching the event loop; that does not keep the process alive. Each call reads the stats. */
export function createProcessStats(delays: DelayHistogram = watchEventLoop()): () => ProcessStats {
  return () => {
    const { heapUsed, rss } = process.memoryUsage();
    const heapLimitBytes = getHeapStatistics().heap_size_limit;
    // The histogram holds the time between two ticks, which is the resolution and the delay. Empty,
    // it says less than a microsecond.
    const p99Ms = delays.percentile(99) / NANOSECONDS_PER_MS;
    delays.reset();
    return {
      heapUsedBytes: heapUsed,
      heapLimitBytes,
      heapUsedRatio: heapUsed / heapLimitBytes,
      rssBytes: rss,
      eventLoopDelayMs: Math.max(0, p99Ms - RESOLUTION_MS),
      uptimeMs: Math.round(process.uptime() * 1_000),
    };
  };
}

function watchEventLoop(): DelayHistogram {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return delays;
}
