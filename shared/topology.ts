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

/** Which function each command topic drives. */
export const SUBSCRIPTIONS: readonly { readonly topic: Topic; readonly target: FunctionName }[] = [
  { topic: TOPICS.append, target: 'ingest-items' },
  { topic: TOPICS.summarize, target: 'summarize-session' },
  { topic: TOPICS.migrate, target: 'migrate-session' },
];

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
