import type { AlertThreshold, StrataOptions } from '../options.ts';

/**
 * The options of `options.ts` as an editor shows them, each with its unit and its default; a test
 * holds them to those. Bounds are in the README's table.
 */
export interface Tuning {
  /** Age up to which an item is hot, in days. Default 7. */
  readonly hotTierMaxAgeDays?: number;
  /** Age up to which an item is warm, in days; it is cold after that. Default 30. */
  readonly warmTierMaxAgeDays?: number;
  /** Recent accesses that keep an item hot, whatever its age. Default 5. */
  readonly minAccessCountHot?: number;
  /** Recent accesses that keep an item warm, whatever its age. Default 2. */
  readonly minAccessCountWarm?: number;
  /** Whether cold segments are compressed. Default `true`. */
  readonly enableCompression?: boolean;
  /** Time between migrations, in seconds. Default 3600. */
  readonly tierMigrationInterval?: number;
  /** Time after which an access counts half, in days. Default 7. */
  readonly accessHalfLifeDays?: number;
  /** Recent items that are kept in the head of a session. Default 50. */
  readonly windowMaxItems?: number;
  /** How long an idempotency key is remembered, in days. Default 7. */
  readonly idempotencyDays?: number;
  /** How long late events of an erased user are refused, in days. Default 31. */
  readonly tombstoneDays?: number;
  /** Time after which a migration hands the rest on, in milliseconds. Default 50000. */
  readonly migrationBudgetMs?: number;
  /** How long items are kept, in days, where a session says nothing else. Default 0: for good. */
  readonly retentionDays?: number;
  /**
   * How long a message that nothing can mend is kept, in days; never beyond the retention of what it holds.
   * Default 30.
   */
  readonly deadLetterDays?: number;
  /** Memory of Redis, in MiB. A managed server keeps its own limit. Default 512. */
  readonly maxMemoryMb?: number;
  /** What Redis evicts when it is full. A managed server keeps its own. Default `allkeys-lru`. */
  readonly maxMemoryPolicy?: StrataOptions['maxMemoryPolicy'];
  /** Time to live of a cache entry, in seconds. Default 86400. */
  readonly defaultTtl?: number;
  /** Memory of the in-process cache, in MiB. Default 64. */
  readonly l1MaxMemoryMb?: number;
  /** How long a head in Redis is believed without a look into the store, in milliseconds. Default 5000. */
  readonly hotStaleMaxMs?: number;
  /** Time after which Redis counts as not answering, in milliseconds. Default 50. */
  readonly redisTimeoutMs?: number;
  /** Recent items in a context, and items that a summary leaves alone. Default 15. */
  readonly maxContextItems?: number;
  /** Budget of a context, in tokens. Default 4000. */
  readonly maxContextTokens?: number;
  /** Number of items without a summary above which one is written. Default 25. */
  readonly summarizationThreshold?: number;
  /** Upper bound of a summary, in tokens. Default 1000. */
  readonly summaryMaxTokens?: number;
  /** Upper bound of the facts beside a summary, in tokens. Default 1500. */
  readonly factsMaxTokens?: number;
  /**
   * Whose tokens are counted; `estimate` is for other models, on the long side, `estimate-100k` for
   * those with about 100,000 pieces. Default `gemini`.
   */
  readonly tokenCounter?: StrataOptions['tokenCounter'];
  /** What writes summaries. Default `auto`: Gemini where `geminiProject` is given, else no model. */
  readonly summarizer?: StrataOptions['summarizer'];
  /** The Gemini model that writes summaries. Default `gemini-3.5-flash`. */
  readonly geminiModel?: string;
  /** The Google Cloud project whose Gemini writes summaries. Default: none. */
  readonly geminiProject?: string;
  /** Where Gemini is called. Default `global`. */
  readonly geminiLocation?: string;
  /** The client for Gemini: `@google-cloud/vertexai` or `@google/genai`. Default `vertexai`. */
  readonly geminiSdk?: StrataOptions['geminiSdk'];
  /** Requests a second that an end user may make on average; 0: any number. Default 50. */
  readonly userRatePerSec?: number;
  /** Requests that an end user may make at once after a pause. Default 200. */
  readonly userRateBurst?: number;
  /** Time between samples of the metrics, in seconds. Default 60. */
  readonly profilingInterval?: number;
  /**
   * Levels at which memory pressure is reported, by path in the snapshot, in the unit of the figure.
   * Default: of the hit, eviction and refusal rates of the cache, the heap and the memory in use.
   */
  readonly alertThresholds?: Readonly<Record<string, AlertThreshold>>;
  /** Samples in a row that raise an alert. Default 2. */
  readonly alertPendingSamples?: number;
}
