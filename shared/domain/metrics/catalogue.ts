import type { Metric, MetricKind, MetricScope, MetricUnit } from './metric.ts';

interface Details<L extends string> {
  readonly unit?: MetricUnit;
  readonly scope?: MetricScope;
  readonly labels?: Readonly<Record<L, string>>;
  readonly boundsMs?: readonly number[];
  readonly startsAtZero?: boolean;
  readonly paths?: readonly string[];
}

const of =
  <K extends MetricKind>(kind: K) =>
  <L extends string = never>(
    name: string,
    meaning: string,
    { unit = 'count', scope = 'process', labels, ...rest }: Details<L> = {},
  ): Metric<K, L> => ({
    name,
    kind,
    unit,
    scope,
    meaning,
    // Without labels L is `never`, and this is exactly a record of nothing.
    labels: labels ?? ({} as Record<L, string>),
    ...rest,
  });

const cumulative = of('cumulative');
const gauge = of('gauge');
const distribution = of('distribution');

const BYTES = { unit: 'bytes' } as const;
const RATIO = { unit: 'ratio' } as const;
const MS = { unit: 'milliseconds' } as const;
const ZERO = { startsAtZero: true } as const;
const SHARED = { scope: 'system' } as const;

/** From a cache hit to a migration that uses its whole time. */
const CALL_BOUNDS_MS = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000,
] as const;
/** From a summary that is written at once to one that waited for a day. */
const LAG_BOUNDS_MS = [
  100, 500, 1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000,
  86_400_000,
] as const;

const FUNCTION = 'the function';
const TOPIC = 'the Pub/Sub topic';

/**
 * Every metric of the system, declared once: what counts at run time, the snapshot, OpenMetrics, Cloud
 * Monitoring and the operations page all read it here.
 */
export const METRICS = {
  // Functions
  requests: cumulative('requests', 'Calls handled', {
    labels: {
      function: FUNCTION,
      status: 'HTTP status, or of an event: done, duplicate, parked, erased or failed',
    },
    paths: ['functions.*.requests'],
  }),
  requestErrors: cumulative('request_errors', 'Calls that failed on our side: 5xx, failed events', {
    labels: { function: FUNCTION },
    paths: ['functions.*.errors', 'functions.*.errorRate'],
  }),
  requestDuration: distribution('request_duration', 'Time from a call to its answer', {
    ...MS,
    labels: { function: FUNCTION },
    boundsMs: CALL_BOUNDS_MS,
    paths: ['functions.*.p50Ms', 'functions.*.p95Ms', 'functions.*.p99Ms'],
  }),

  // Items
  itemsAppended: cumulative('items_appended', 'Items appended', {
    ...ZERO,
    paths: ['items.appended'],
  }),
  itemsDeleted: cumulative('items_deleted', 'Items deleted one by one or with their session', {
    ...ZERO,
    paths: ['items.deleted'],
  }),
  usersErased: cumulative('users_erased', 'Erasures completed', {
    ...ZERO,
    paths: ['items.usersErased'],
  }),
  accessesDropped: cumulative(
    'accesses_dropped',
    'Access counts given up: too many sessions were waiting, or Redis was down',
    { ...ZERO, paths: ['items.accessesDropped'] },
  ),

  // Migrations
  itemsMigrated: cumulative('items_migrated', 'Items moved between tiers', {
    labels: { direction: 'hot-to-warm, warm-to-cold, cold-to-warm or to-hot' },
    paths: [
      'migrations.hotToWarm',
      'migrations.warmToCold',
      'migrations.coldToWarm',
      'migrations.toHot',
    ],
  }),
  segmentsWritten: cumulative('segments_written', 'Cold segments written', {
    ...ZERO,
    paths: ['migrations.segmentsWritten'],
  }),

  // Summaries
  summariesRequested: cumulative('summaries_requested', 'Summaries asked for by event', {
    ...ZERO,
    paths: ['summaries.requested'],
  }),
  summariesCommitted: cumulative('summaries_committed', 'Summaries made and committed', {
    labels: { model: 'what wrote it' },
    paths: ['summaries.committed'],
  }),
  summariesFallback: cumulative(
    'summaries_fallback',
    'Summaries written by the stand-in because the model failed',
    { ...ZERO, paths: ['summaries.fallback'] },
  ),
  summariesReplaced: cumulative(
    'summaries_replaced',
    'Summaries of the stand-in that the model wrote again',
    { ...ZERO, paths: ['summaries.replaced'] },
  ),
  summariesRefused: cumulative('summaries_refused', 'Summaries refused: empty or not shorter', {
    ...ZERO,
    paths: ['summaries.refused'],
  }),
  summaryLag: distribution('summary_lag', 'Time from the request for a summary to its commit', {
    ...MS,
    boundsMs: LAG_BOUNDS_MS,
    paths: ['summaries.lagP95Ms'],
  }),
  modelFailures: cumulative('model_failures', 'Calls of the model that failed', {
    labels: { code: 'code of the error' },
    paths: ['summaries.modelFailures'],
  }),
  modelTokens: cumulative('model_tokens', 'Tokens that the model took, by its own count', {
    labels: { model: 'name of the model', kind: 'prompt, output or thought' },
    paths: [
      'summaries.tokensIn',
      'summaries.tokensOut',
      'summaries.models.*.tokensIn',
      'summaries.models.*.tokensOut',
    ],
  }),
  modelCost: cumulative('model_cost', 'What the tokens of the model cost by the price table', {
    unit: 'usd',
    labels: { model: 'name of the model' },
    paths: ['summaries.estimatedCostUsd', 'summaries.models.*.estimatedCostUsd'],
  }),

  // Pub/Sub
  busPublished: cumulative('bus_published', 'Messages accepted by the bus', {
    labels: { topic: TOPIC },
    paths: ['pubsub.published'],
  }),
  busRedelivered: cumulative('bus_redelivered', 'Deliveries after a failed one', {
    labels: { topic: TOPIC },
    paths: ['pubsub.redelivered'],
  }),
  busDeadLettered: cumulative('bus_dead_lettered', 'Messages given up', {
    labels: { topic: 'the topic that they came on' },
    paths: ['pubsub.deadLettered'],
  }),
  busDropped: cumulative('bus_dropped', 'Messages to a topic that nobody subscribes to', {
    labels: { topic: TOPIC },
    paths: ['pubsub.dropped'],
  }),
  eventsUnpublished: cumulative('events_unpublished', 'Events that the bus did not accept', {
    ...ZERO,
    paths: ['pubsub.unpublished'],
  }),

  // Firestore
  firestoreOperations: cumulative(
    'firestore_operations',
    'Firestore documents read, written and deleted, as billed',
    {
      labels: { operation: 'read, write or delete' },
      paths: ['firestore.reads', 'firestore.writes', 'firestore.deletes'],
    },
  ),
  firestoreCost: cumulative(
    'firestore_cost',
    'What operations of Firestore cost by the price table',
    {
      unit: 'usd',
      paths: ['firestore.estimatedCostUsd'],
    },
  ),

  // The hot tier's half in this process
  l1Hits: cumulative('l1_hits', 'Lookups that the in-process cache answered', {
    paths: ['l1.hits'],
  }),
  l1Misses: cumulative('l1_misses', 'Lookups that the in-process cache could not answer', {
    paths: ['l1.misses'],
  }),
  l1Evictions: cumulative('l1_evictions', 'Heads that the in-process cache evicted to make room', {
    paths: ['l1.evictions'],
  }),
  l1HitRate: gauge(
    'l1_hit_rate',
    'Hits over lookups of the in-process cache between the last two samples',
    {
      ...RATIO,
      paths: ['l1.hitRate'],
    },
  ),
  l1EvictionRate: gauge(
    'l1_eviction_rate',
    'Evictions from the in-process cache between the last two samples',
    {
      unit: 'perSecond',
      paths: ['l1.evictionRate'],
    },
  ),
  l1Keys: gauge('l1_keys', 'Heads in the in-process cache', { paths: ['l1.keys'] }),
  l1UsedMemory: gauge('l1_used_memory', 'Memory that the in-process cache uses', {
    ...BYTES,
    paths: ['l1.usedMemoryBytes', 'l1.usedMemoryRatio'],
  }),
  l1MaxMemory: gauge('l1_max_memory', 'Memory that the in-process cache may use now', {
    ...BYTES,
    paths: ['l1.maxMemoryBytes'],
  }),

  // Redis
  redisHits: cumulative('redis_hits', 'Lookups of this process that Redis answered', {
    paths: ['redis.hits'],
  }),
  redisMisses: cumulative('redis_misses', 'Lookups of this process that Redis could not answer', {
    paths: ['redis.misses'],
  }),
  redisHitRate: gauge('redis_hit_rate', 'Hits over lookups in Redis between the last two samples', {
    ...RATIO,
    paths: ['redis.hitRate'],
  }),
  redisEvictions: cumulative('redis_evictions', 'Keys that Redis evicted to make room', {
    ...SHARED,
    paths: ['redis.evictions'],
  }),
  redisEvictionRate: gauge(
    'redis_eviction_rate',
    'Evictions by Redis between the last two samples',
    {
      ...SHARED,
      unit: 'perSecond',
      paths: ['redis.evictionRate'],
    },
  ),
  redisRefusedWrites: cumulative(
    'redis_refused_writes',
    'Commands that Redis refused because its memory was full',
    { ...SHARED, paths: ['redis.refusedRate'] },
  ),
  redisKeys: gauge('redis_keys', 'Keys in Redis', { ...SHARED, paths: ['redis.keys'] }),
  redisUsedMemory: gauge('redis_used_memory', 'Memory that Redis uses', {
    ...SHARED,
    ...BYTES,
    paths: ['redis.usedMemoryBytes'],
  }),
  redisMaxMemory: gauge('redis_max_memory', 'Memory that Redis may use; 0: no limit', {
    ...SHARED,
    ...BYTES,
    paths: ['redis.maxMemoryBytes'],
  }),
  redisUsedRatio: gauge('redis_used', 'Memory that Redis uses over what it may use', {
    ...SHARED,
    ...RATIO,
    paths: ['redis.usedMemoryRatio'],
  }),
  redisFragmentation: gauge(
    'redis_fragmentation',
    'Memory that Redis holds of the system over what it uses',
    { ...SHARED, ...RATIO, paths: ['redis.fragmentationRatio'] },
  ),
  redisRoundTrip: gauge('redis_round_trip', 'Time of one PING of Redis, seen from this process', {
    ...MS,
    paths: ['redis.roundTripMs'],
  }),

  // Tiers, from counters that every commit keeps
  tierItems: gauge('tier_items', 'Live items', {
    ...SHARED,
    labels: { tier: 'hot, warm or cold' },
    paths: ['tiers.*.items'],
  }),
  tierBytes: gauge('tier_stored', 'What live items take as stored', {
    ...SHARED,
    ...BYTES,
    labels: { tier: 'hot, warm or cold' },
    paths: ['tiers.*.bytes'],
  }),
  tierRawBytes: gauge('tier_raw', 'What live items take uncompressed', {
    ...SHARED,
    ...BYTES,
    labels: { tier: 'cold' },
    paths: ['tiers.cold.rawBytes'],
  }),
  sessions: gauge('sessions', 'Sessions in the store', { ...SHARED, paths: ['store.sessions'] }),
  summariesKept: gauge('summaries_kept', 'Summaries in the store', {
    ...SHARED,
    paths: ['summaries.count'],
  }),

  // Process
  heapUsed: gauge('heap_used', 'Heap in use', { ...BYTES, paths: ['process.heapUsedBytes'] }),
  heapLimit: gauge('heap_limit', 'Old generation of the heap at which the process ends', {
    ...BYTES,
    paths: ['process.heapLimitBytes'],
  }),
  heapUsedRatio: gauge('heap_used_share', 'Heap that is kept over its limit', {
    ...RATIO,
    paths: ['process.heapUsedRatio'],
  }),
  residentMemory: gauge('resident_memory', 'Memory of the process', {
    ...BYTES,
    paths: ['process.rssBytes'],
  }),
  residentShare: gauge(
    'resident_memory_share',
    'Memory of the process over what the container allows',
    { ...RATIO, paths: ['process.rssRatio'] },
  ),
  eventLoopDelay: gauge(
    'event_loop_delay',
    'Lateness of the event loop, 99th percentile since the last reading',
    { ...MS, paths: ['process.eventLoopDelayMs'] },
  ),
  gcPause: distribution('gc_pause', 'Pauses for garbage collection', {
    ...MS,
    labels: { kind: 'minor, major, incremental or weak-callbacks' },
    boundsMs: CALL_BOUNDS_MS,
    paths: ['process.gcPauses', 'process.gcPauseMs'],
  }),
  uptime: gauge('uptime', 'Time since the process started', {
    ...MS,
    paths: ['process.uptimeMs'],
  }),

  // About the metrics themselves
  alert: gauge('alert', 'Alerts that are raised now: 1 each', {
    labels: { metric: 'path of the figure in the snapshot', level: 'warning or critical' },
    paths: ['alerts'],
  }),
  sourcesUnread: cumulative('sources_unread', 'Sources of metrics that could not be read', {
    labels: { source: 'l1, redis or store' },
  }),
  samplesUnexported: cumulative(
    'samples_unexported',
    'Samples that an exporter did not take',
    ZERO,
  ),
} as const;

/** The catalogue in its order. */
export const ALL_METRICS: readonly Metric[] = Object.values(METRICS);
