import { z } from 'zod';
import { MAX_RETENTION_DAYS } from './domain/retention.ts';

const days = z.number().min(0).max(36_500);
const seconds = z.number().positive().max(31_536_000);
const count = z.int().min(0).max(1_000_000);

const threshold = z.strictObject({
  warning: z.number(),
  critical: z.number(),
  /** Raise the alert when the value falls below the threshold instead of above it. */
  below: z.boolean().optional(),
});
export type AlertThreshold = z.output<typeof threshold>;

const DEFAULT_ALERT_THRESHOLDS: Readonly<Record<string, AlertThreshold>> = {
  'cache.hitRate': { warning: 0.5, critical: 0.2, below: true },
  'cache.evictionRate': { warning: 10, critical: 100 },
  'redis.refusedRate': { warning: 0.1, critical: 1 },
  'process.heapUsedRatio': { warning: 0.7, critical: 0.85 },
  'process.rssRatio': { warning: 0.85, critical: 0.95 },
};

const option = <S extends z.ZodType>(schema: S, unit: string, meaning: string) =>
  schema.meta({ unit, description: meaning });

/**
 * Every option of Strata with its default, the seed's first and under the seed's names.
 * As an environment variable each is `STRATA_` and its name in capitals.
 */
export const StrataOptions = z.strictObject({
  // Tiered storage manager
  hotTierMaxAgeDays: option(days.default(7), 'days', 'Age up to which an item is hot'),
  warmTierMaxAgeDays: option(days.default(30), 'days', 'Age up to which an item is warm'),
  minAccessCountHot: option(count.default(5), 'accesses', 'Recent accesses that keep an item hot'),
  minAccessCountWarm: option(
    count.default(2),
    'accesses',
    'Recent accesses that keep an item warm',
  ),
  enableCompression: option(z.boolean().default(true), '', 'Compress cold segments'),
  tierMigrationInterval: option(seconds.default(3_600), 'seconds', 'Time between migrations'),
  accessHalfLifeDays: option(
    z.number().positive().max(3_650).default(7),
    'days',
    'Time after which an access counts half',
  ),
  windowMaxItems: option(
    z.int().min(1).max(500).default(50),
    'items',
    'Recent items kept in the head of a session',
  ),
  idempotencyDays: option(days.default(7), 'days', 'How long an idempotency key is remembered'),
  tombstoneDays: option(
    days.default(31),
    'days',
    'How long late events of an erased user are refused',
  ),
  migrationBudgetMs: option(
    z.int().min(100).max(3_600_000).default(50_000),
    'milliseconds',
    'Time after which a migration hands the rest on',
  ),
  retentionDays: option(
    z.int().min(0).max(MAX_RETENTION_DAYS).default(0),
    'days',
    'How long items are kept, where a session says nothing else; 0: for good',
  ),
  deadLetterDays: option(
    z.number().positive().max(MAX_RETENTION_DAYS).default(30),
    'days',
    'How long a message that nothing can mend is kept; never beyond the retention of what it holds',
  ),
  // Redis LRU cache
  maxMemoryMb: option(z.number().positive().max(1_000_000).default(512), 'MiB', 'Memory of Redis'),
  maxMemoryPolicy: option(
    z
      .enum([
        'allkeys-lru',
        'allkeys-lfu',
        'allkeys-random',
        'volatile-lru',
        'volatile-lfu',
        'volatile-random',
        'volatile-ttl',
        'noeviction',
      ])
      .default('allkeys-lru'),
    '',
    'What Redis evicts when it is full',
  ),
  defaultTtl: option(seconds.default(86_400), 'seconds', 'Time to live of a cache entry'),
  l1MaxMemoryMb: option(
    z.number().positive().max(65_536).default(64),
    'MiB',
    'Memory of the in-process cache',
  ),
  hotStaleMaxMs: option(
    z.int().min(0).max(86_400_000).default(5_000),
    'milliseconds',
    'How long a head in Redis is believed without a look into the durable store',
  ),
  redisTimeoutMs: option(
    z.int().min(1).max(60_000).default(50),
    'milliseconds',
    'Time after which Redis counts as not answering',
  ),
  // Context pruner
  maxContextItems: option(
    z.int().min(1).max(500).default(15),
    'items',
    'Recent items in a context, and items that a summary leaves alone',
  ),
  maxContextTokens: option(
    z.int().min(1).max(10_000_000).default(4_000),
    'tokens',
    'Token budget of a context',
  ),
  summarizationThreshold: option(
    z.int().min(1).max(100_000).default(25),
    'items',
    'Items without a summary above which one is asked for',
  ),
  summaryMaxTokens: option(
    z.int().min(16).max(100_000).default(1_000),
    'tokens',
    'Upper bound of a summary',
  ),
  factsMaxTokens: option(
    z.int().min(0).max(100_000).default(1_500),
    'tokens',
    'Upper bound of the facts beside a summary',
  ),
  tokenCounter: option(
    z.enum(['gemini', 'openai', 'estimate', 'estimate-100k']).default('gemini'),
    '',
    'Whose tokens are counted; `estimate`: for other models, on the long side; `estimate-100k`: for those with about 100,000 pieces',
  ),
  summarizer: option(
    z.enum(['auto', 'extractive', 'gemini']).default('auto'),
    '',
    'What writes summaries; `auto`: Gemini when a Gemini project is set, else without a model',
  ),
  geminiModel: option(
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,255}$/)
      .default('gemini-3.5-flash'),
    '',
    'The Gemini model that writes summaries',
  ),
  geminiProject: option(
    z
      .string()
      .regex(/^([a-z0-9.:-]{1,100})?$/)
      .default(''),
    '',
    'Google Cloud project whose Gemini is called; with `gemini` and none: `GOOGLE_CLOUD_PROJECT`',
  ),
  geminiLocation: option(
    z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .default('global'),
    '',
    'Where Gemini is called; Gemini 3 is served on `global`',
  ),
  geminiSdk: option(
    z.enum(['vertexai', 'genai']).default('vertexai'),
    '',
    'The client for Gemini: `@google-cloud/vertexai` or its successor `@google/genai`',
  ),
  // Limits
  userRatePerSec: option(
    z.number().min(0).max(1_000_000).default(50),
    'requests a second',
    'What an end user may ask for, on average; 0: as much as comes',
  ),
  userRateBurst: option(
    z.int().min(1).max(1_000_000).default(200),
    'requests',
    'What an end user may ask for at once after a pause',
  ),
  // Memory profiler
  profilingInterval: option(seconds.default(60), 'seconds', 'Time between metric collections'),
  alertThresholds: option(
    z.record(z.string().min(1), threshold).default(DEFAULT_ALERT_THRESHOLDS),
    'JSON',
    'Levels at which memory pressure is reported',
  ),
  alertPendingSamples: option(
    z.int().min(1).max(1_000).default(2),
    'samples',
    'Samples in a row that raise an alert',
  ),
});
export type StrataOptions = z.output<typeof StrataOptions>;
export type StrataOptionsInput = z.input<typeof StrataOptions>;
export type OptionName = keyof StrataOptions;

/** `hotTierMaxAgeDays` → `STRATA_HOT_TIER_MAX_AGE_DAYS`. */
export const variableOf = (name: string): string =>
  `STRATA_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
