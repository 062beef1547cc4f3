const MORE_CACHE =
  'Sessions in use do not fit the cache: give it more memory (l1MaxMemoryMb, or maxMemoryMb for Redis)';
const MORE_REDIS =
  'Give Redis more memory (maxMemoryMb), or keep entries for less time (defaultTtl)';
const MORE_HEAP =
  'Give the process more memory (--max-old-space-size and its limit), or lower l1MaxMemoryMb; caches and batches are smaller until it is over';
const FEWER_AT_ONCE = 'Run more instances, or allow fewer requests at once to each';
const LOOK_AT_LOGS = 'Look at the log lines of severity ERROR of this function';
const LOOK_AT_BILL = 'Look at which function asks how often, and whether it has to';

/**
 * What to do about a figure that breaches its threshold, the first pattern that fits; `*` stands for
 * any name.
 */
export const ADVICE: readonly (readonly [path: string, advice: string])[] = [
  ['*.hitRate', `${MORE_CACHE}; after a start it fills by itself`],
  ['redis.evictionRate', MORE_REDIS],
  ['*.evictionRate', MORE_CACHE],
  [
    '*.refusedRate',
    'Redis is full and refuses writes: choose a policy that evicts (maxMemoryPolicy allkeys-lru), or give it more memory; answers stay right meanwhile, from the durable store',
  ],
  ['redis.used*', MORE_REDIS],
  ['*.used*', MORE_CACHE],
  [
    '*.fragmentationRatio',
    'Redis holds more memory than it uses: switch activedefrag on, or restart it in a quiet hour; under 100 MB the ratio means little',
  ],
  [
    '*.roundTripMs',
    'Redis is far away or busy: run it in the region of the functions, and look at its slow log',
  ],
  ['process.heap*', MORE_HEAP],
  ['process.rss*', MORE_HEAP],
  ['process.gc*', MORE_HEAP],
  ['process.*', FEWER_AT_ONCE],
  ['functions.*.errorRate', LOOK_AT_LOGS],
  ['functions.*.errors', LOOK_AT_LOGS],
  ['functions.*.*', FEWER_AT_ONCE],
  ['summaries.refused', 'Summaries come back empty or too long: look at the summariser'],
  ['summaries.fallback', 'The model that writes summaries fails: look at its errors and quota'],
  [
    'summaries.modelFailures',
    'The model that writes summaries fails: look at its errors and quota',
  ],
  [
    'summaries.lagP95Ms',
    'Summaries come late: look at summarize-session, its errors and how many run at once',
  ],
  ['summaries.*', LOOK_AT_BILL],
  ['summaries.models.*.*', LOOK_AT_BILL],
  [
    'pubsub.deadLettered',
    'Look at the messages on memory-dead-letter: each says why it was given up',
  ],
  ['pubsub.redelivered', 'Look at why deliveries fail: log lines of severity WARNING'],
  ['pubsub.dropped', 'A topic has no subscription: create the topics and subscriptions again'],
  ['pubsub.*', 'Look at whether Pub/Sub can be reached, and at its quota'],
  ['firestore.*', LOOK_AT_BILL],
  ['tiers.*.*', 'The store grows: look at which users append, and at the tier policy'],
  ['store.*', 'The store grows: look at which users append, and at the tier policy'],
  [
    'migrations.*',
    'Look at whether migrate-tiers runs, and whether it reports sessions as remaining',
  ],
  [
    'items.accessesDropped',
    'Accesses are not written down: look at whether migrate-tiers runs and Redis can be reached',
  ],
  ['items.*', 'Look at which users append and delete'],
  ['*.*', 'Look at the caches, and at their options'],
];

/** What to do about an alert. */
export function adviceFor(metric: string): string {
  const advice = ADVICE.find(([pattern]) => fits(pattern, metric))?.[1];
  return advice ?? `Look at ${metric}, or at its levels in alertThresholds`;
}

/** `*` fits any name, also the rest of one. */
const fits = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '[.]').replaceAll('*', '[^.]*')}$`).test(path);
