/** What a metric counts in. Durations are kept in milliseconds and exported in seconds. */
export type MetricUnit = 'count' | 'milliseconds' | 'bytes' | 'ratio';

export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly unit: MetricUnit;
  readonly help: string;
  /** Names of the labels that its series carry; few values each. */
  readonly labels: readonly string[];
}

const counter = (name: string, help: string, labels: readonly string[] = []): MetricDefinition => ({
  name,
  kind: 'counter',
  unit: 'count',
  help,
  labels,
});

/**
 * Every series that a meter keeps. Use `METRICS.<x>.name` with `Meter`: a name that is spelled
 * twice is a series that nobody finds.
 */
export const METRICS = {
  requests: counter('requests', 'Calls handled, by function and HTTP status', [
    'function',
    'status',
  ]),
  requestDuration: {
    name: 'request_duration',
    kind: 'histogram',
    unit: 'milliseconds',
    help: 'Time from a call to its answer, by function',
    labels: ['function'],
  },
  itemsAppended: counter('items_appended', 'Items appended'),
  accessesDropped: counter(
    'accesses_dropped',
    'Access counts given up because too many sessions were waiting to be written down',
  ),
  summariesRequested: counter('summaries_requested', 'Summaries asked for by event'),
  summariesCommitted: counter('summaries_committed', 'Summaries committed'),
  summariesFallback: counter(
    'summaries_fallback',
    'Summaries written by the stand-in because the model failed',
  ),
  summariesReplaced: counter(
    'summaries_replaced',
    'Summaries of the stand-in that the model wrote again',
  ),
  modelFailures: counter('model_failures', 'Calls of the model that failed, by error code', [
    'code',
  ]),
  modelTokens: counter(
    'model_tokens',
    "Tokens that the model took, by kind and the model's count",
    ['kind'],
  ),
  summariesRefused: counter('summaries_refused', 'Summaries refused: empty or not shorter'),
  itemsMigrated: counter('items_migrated', 'Items moved between tiers, by direction', [
    'direction',
  ]),
  segmentsWritten: counter('segments_written', 'Cold segments written'),
  busPublished: counter('bus_published', 'Messages accepted by the bus, by topic', ['topic']),
  busRedelivered: counter('bus_redelivered', 'Deliveries after a failed one, by topic', ['topic']),
  busDeadLettered: counter('bus_dead_lettered', 'Messages given up, by original topic', ['topic']),
  busDropped: counter('bus_dropped', 'Messages to a topic without a subscriber, by topic', [
    'topic',
  ]),
  eventsUnpublished: counter('events_unpublished', 'Events that the bus did not accept'),
  sourcesUnread: counter('sources_unread', 'Sources of metrics that could not be read', ['source']),
  itemsDeleted: counter('items_deleted', 'Items deleted one by one or with their session'),
  usersErased: counter('users_erased', 'Erasures completed'),
} satisfies Readonly<Record<string, MetricDefinition>>;

/** Values of the label `direction` of `itemsMigrated`. */
export const DIRECTIONS = ['hot_to_warm', 'warm_to_cold', 'cold_to_warm', 'to_hot'] as const;
export type Direction = (typeof DIRECTIONS)[number];
