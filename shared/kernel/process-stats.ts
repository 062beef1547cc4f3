import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { oldSpaceLimitBytes } from './heap-limit.ts';

/** How this process is doing. */
export interface ProcessStats {
  readonly heapUsedBytes: number;
  /** What the old generation of the heap may take, in bytes: there the process ends. */
  readonly heapLimitBytes: number;
  /**
   * What is kept over `heapLimitBytes`, from 0 to 1: the heap in use, or what was left of it by the
   * last full collection where that is less. What is only waiting to be collected is no pressure.
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
  /** The heap in use after the last full collection, in bytes. */
  readonly keptBytes?: () => number | undefined;
}

const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** Starts watching the event loop; that does not keep the process alive. Each call reads the stats. */
export function createProcessStats({
  delays = watchEventLoop(),
  keptBytes = () => undefined,
}: ProcessStatsOptions = {}): () => ProcessStats {
  const heapLimitBytes = heapLimit();
  const memoryLimitBytes = memoryLimit();
  return () => {
    const { heapUsed, rss } = process.memoryUsage();
    // The histogram holds the time between two ticks, which is the resolution and the delay. Empty,
    // it says less than a microsecond.
    const p99Ms = delays.percentile(99) / NANOSECONDS_PER_MS;
    delays.reset();
    return {
      heapUsedBytes: heapUsed,
      heapLimitBytes,
      heapUsedRatio: Math.min(heapUsed, keptBytes() ?? heapUsed) / heapLimitBytes,
      rssBytes: rss,
      rssRatio: memoryLimitBytes && rss / memoryLimitBytes,
      eventLoopDelayMs: Math.max(0, p99Ms - RESOLUTION_MS),
      uptimeMs: Math.round(process.uptime() * 1_000),
    };
  };
}

/** The heap in use now: right after a full collection, what is kept. */
export const heapInUse = (): number => getHeapStatistics().used_heap_size;

function heapLimit(): number {
  // Node's own variable, no configuration of ours.
  // biome-ignore lint/style/noProcessEnv: what Node read there when it started.
  const { NODE_OPTIONS: options = '' } = process.env;
  return oldSpaceLimitBytes({
    limitBytes: getHeapStatistics().heap_size_limit,
    memoryBytes: memoryLimit() ?? totalmem(),
    flags: [...options.split(/\s+/), ...process.execArgv],
  });
}

/** What a container allows; Node says a number larger than any machine where there is no limit. */
function memoryLimit(): number | undefined {
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 && limitBytes < totalmem() ? limitBytes : undefined;
}

function watchEventLoop(): DelayHistogram {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return delays;
}
