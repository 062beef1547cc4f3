/** Names that the code, the local stack and the cloud share. Nothing else spells them out. */

export const FUNCTIONS = [
  'write-items',
  'read-items',
  'ingest-items',
  'migrate-tiers',
  'migrate-session',
  'summarize-session',
  'collect-metrics',
  'erase-user',
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export const TOPICS = {
  append: 'memory-append',
  summarize: 'memory-summarize',
  migrate: 'memory-migrate',
  events: 'memory-events',
  deadLetter: 'memory-dead-letter',
} as const;
export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

/** Which function each command topic drives; the subscription has the function's name. */
export const SUBSCRIPTIONS: readonly { readonly topic: Topic; readonly target: FunctionName }[] = [
  { topic: TOPICS.append, target: 'ingest-items' },
  { topic: TOPICS.summarize, target: 'summarize-session' },
  { topic: TOPICS.migrate, target: 'migrate-session' },
];

/**
 * How every command is delivered: those of one ordering key one after another, again after a
 * failure, and to `memory-dead-letter` when it goes on failing. Where Pub/Sub's bounds are named:
 * https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions (2026-11).
 */
export const DELIVERY = {
  isOrdered: true,
  /** Deliveries in all; the fewest that Pub/Sub takes. */
  maxDeliveryAttempts: 5,
  minBackoffSeconds: 10,
  maxBackoffSeconds: 600,
  /** Longer than an event function may run (9 minutes); the longest that Pub/Sub takes. */
  ackDeadlineSeconds: 600,
} as const;

/** Holds dead letters, for a person to look at: a topic without a subscription drops them. */
export const DEAD_LETTER_SUBSCRIPTION = {
  name: 'memory-dead-letter',
  topic: TOPICS.deadLetter,
  /** Letters hold memory content, and an erasure takes none out of a topic: after this it is gone. */
  retentionDays: 7,
} as const;

/** Scheduled calls, by Cloud Scheduler or by the local scheduler. */
export const JOBS = [
  { name: 'migrate-tiers', target: 'migrate-tiers', everySeconds: 'tierMigrationInterval' },
  { name: 'collect-metrics', target: 'collect-metrics', everySeconds: 'profilingInterval' },
] as const satisfies readonly {
  readonly name: string;
  readonly target: FunctionName;
  /** The option that gives the interval, in seconds. */
  readonly everySeconds: string;
}[];
export type Job = (typeof JOBS)[number];

/** Firestore collections; `items` to `replays` lie under each session. */
export const COLLECTIONS = {
  sessions: 'sessions',
  items: 'items',
  segments: 'segments',
  summaries: 'summaries',
  replays: 'replays',
  erasures: 'erasures',
  tombstones: 'tombstones',
  deadLetters: 'deadLetters',
} as const;
