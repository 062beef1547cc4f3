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

/** A topic that drives a function; the subscription has the function's name. */
export interface CommandSubscription {
  readonly topic: Topic;
  readonly target: FunctionName;
  /**
   * Pub/Sub itself moves a message to `memory-dead-letter` after `maxDeliveryAttempts`. Only where
   * messages hold nothing but ids: nothing takes a message out of a topic when its user is erased.
   */
  readonly isForwarded: boolean;
}

export const SUBSCRIPTIONS: readonly CommandSubscription[] = [
  // Tried for a day, then parked by the function itself in the durable store.
  { topic: TOPICS.append, target: 'ingest-items', isForwarded: false },
  { topic: TOPICS.summarize, target: 'summarize-session', isForwarded: true },
  { topic: TOPICS.migrate, target: 'migrate-session', isForwarded: true },
];

/**
 * How every command is delivered: those of one ordering key one after another, and again after a
 * failure. Where Pub/Sub's bounds are named:
 * https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions (2026-11).
 */
export const DELIVERY = {
  isOrdered: true,
  /** Deliveries in all, where a subscription forwards; the fewest that Pub/Sub takes. */
  maxDeliveryAttempts: 5,
  minBackoffSeconds: 10,
  maxBackoffSeconds: 600,
  /** Longer than an event function may run (9 minutes); the longest that Pub/Sub takes. */
  ackDeadlineSeconds: 600,
  /**
   * What is not acknowledged by then is gone. Less than `tombstoneDays`, so that whatever comes late
   * for an erased user is refused; longer than the day for which a function tries.
   */
  retentionDays: 7,
} as const;

/** Notices of what was parked or forwarded, for a person: a topic without a subscription drops them. */
export const DEAD_LETTER_SUBSCRIPTION = {
  name: 'memory-dead-letter',
  topic: TOPICS.deadLetter,
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
  secrets: 'secrets',
  sweeps: 'sweeps',
} as const;
