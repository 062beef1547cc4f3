import { monitorEventLoopDelay } from 'node:perf_hooks';
import { containerLimitBytes, oldSpaceLimitBytes, oldSpaceUsedBytes } from './heap-limit.ts';

/** How this process is doing. */
export interface ProcessStats {
  readonly heapUsedBytes: number;
  /** What the old generation of the heap may take, in bytes: there the process ends. */
  readonly heapLimitBytes: number;
  /**
   * What the old generation keeps over `heapLimitBytes`, from 0 to 1: what it holds, or what the last
   * full collection left where that is less. What only waits to be collected is no pressure.
   */
  readonly heapUsedRatio: number;
  readonly rssBytes: number;
  /** `rssBytes` over what the container allows; absent without a limit. */
  readonly rssRatio: number | undefined;
  /** How late the event loop came, 99th percentile since the last reading, in milliseconds. */
  readonly eventLoopDelayMs: number;
  readonly uptimeMs: number;
}

/** What is read of a delay histogram, in nanoseconds. */
export interface DelayHistogram {
  percentile(percent: number): number;
  reset(): void;
}

export interface ProcessStatsOptions {
  /** Default: the event loop's, watched from now on. */
  readonly delays?: DelayHistogram;
  /** What the last full collection left of the old generation, in bytes. */
  readonly keptBytes?: () => number | undefined;
}

const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** Starts watching the event loop; that does not keep the process alive. Each call reads the stats. */
export function createProcessStats({
  delays = watchEventLoop(),
  keptBytes = () => undefined,
}: ProcessStatsOptions = {}): () => ProcessStats {
  const heapLimitBytes = oldSpaceLimitBytes();
  const memoryLimitBytes = containerLimitBytes();
  return () => {
    const { heapUsed, rss } = process.memoryUsage();
    const holdsBytes = oldSpaceUsedBytes();
    // The histogram holds the time between two ticks, which is the resolution and the delay. Empty,
    // it says less than a microsecond.
    const p99Ms = delays.percentile(99) / NANOSECONDS_PER_MS;
    delays.reset();
    return {
      heapUsedBytes: heapUsed,
      heapLimitBytes,
      heapUsedRatio: Math.min(holdsBytes, keptBytes() ?? holdsBytes) / heapLimitBytes,
      rssBytes: rss,
      rssRatio: memoryLimitBytes && rss / memoryLimitBytes,
      eventLoopDelayMs: Math.max(0, p99Ms - RESOLUTION_MS),
      uptimeMs: Math.round(process.uptime() * 1_000),
    };
  };
}

/** Watches how late the event loop comes, until it is disabled; it keeps no process alive. */
export function watchEventLoop(): DelayHistogram & { disable(): void } {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return delays;
}
