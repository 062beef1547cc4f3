const MORE_CACHE =
  'Sessions in use do not fit the cache: give it more memory (l1MaxMemoryMb, or maxMemoryMb for Redis)';
const MORE_HEAP =
  'Give the process more memory (--max-old-space-size and its limit), or lower l1MaxMemoryMb';

// A Map: a metric may have any name, also one that every object has.
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['cache.hitRate', `${MORE_CACHE}; after a start it fills by itself`],
  ['cache.evictionRate', MORE_CACHE],
  ['redis.hitRate', `${MORE_CACHE}; or lengthen defaultTtl`],
  ['redis.evictionRate', MORE_CACHE],
  ['process.heapUsedRatio', MORE_HEAP],
  ['process.heapUsedBytes', MORE_HEAP],
  ['process.rssBytes', MORE_HEAP],
  ['process.eventLoopDelayMs', 'Run more instances, or allow fewer requests at once to each'],
  ['summaries.refused', 'Summaries come back empty or too long: look at the summariser'],
  ['summaries.fallback', 'The model that writes summaries fails: look at its errors and quota'],
]);

/** What to do about an alert, for its log line. */
export const adviceFor = (metric: string): string =>
  ADVICE.get(metric) ?? `Look at ${metric}, or at its levels in alertThresholds`;
