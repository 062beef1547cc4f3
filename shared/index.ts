/**
 * Strata as a library: the four components of the memory, the ports to bring your own adapters for,
 * and the words that they speak.
 */
export type {
  ContextQuery,
  ContextResult,
  ItemView,
  MigrationReport,
} from './app/memory.ts';
export {
  ContextPruner,
  type ContextPrunerOptions,
  type HistoryItem,
  type PrunedHistory,
  type PruneRequest,
} from './components/context-pruner.ts';
export type { DurableStores } from './components/embedded.ts';
export { MemoryProfiler, type MemoryProfilerOptions } from './components/memory-profiler.ts';
export {
  RedisLruCache,
  type RedisLruCacheOptions,
  type RedisLruCacheStats,
} from './components/redis-lru-cache.ts';
export {
  type MemoryItem,
  TieredStorageManager,
  type TieredStorageOptions,
} from './components/tiered-storage-manager.ts';
export type { Verdict } from './domain/context/context-report.ts';
export type { Coverage, CoverageRange } from './domain/coverage.ts';
export type { MemoryEvent } from './domain/events.ts';
export type { Fact, Summary } from './domain/head.ts';
export type { Format, Item, ItemDraft, Tier, ToolCall } from './domain/item.ts';
export type { Alert } from './domain/metrics/alerts.ts';
export type { MetricsSnapshot } from './domain/metrics/metrics-snapshot.ts';
export { type TierPolicy, tierOf } from './domain/tier-policy.ts';
export { AppError, type ErrorCode } from './kernel/app-error.ts';
export type { Clock } from './kernel/clock.ts';
export { jsonLogger, type Logger } from './kernel/logger.ts';
export type { AlertThreshold, StrataOptionsInput } from './options.ts';
export type { ErasureReceipt } from './ports/erasure-store.ts';
export type { Summarizer, SummaryDraft, SummaryRequest } from './ports/summarizer.ts';
export type { TokenCounter } from './ports/token-counter.ts';
