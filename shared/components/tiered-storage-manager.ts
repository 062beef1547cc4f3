import { InProcessMeter } from '../adapters/in-process/meter.ts';
import type { ContextQuery, ContextResult, ItemView, MigrationReport } from '../app/memory.ts';
import type { MetricsSources } from '../app/metrics-sources.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { SessionRef } from '../domain/ids.ts';
import type { ItemDraft } from '../domain/item.ts';
import { AppError } from '../kernel/app-error.ts';
import { type Clock, SECOND_MS, systemClock } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { lazy } from '../kernel/lazy.ts';
import { type Logger, silentLogger } from '../kernel/logger.ts';
import { systemTimers } from '../kernel/timers.ts';
import type { StrataOptions } from '../options.ts';
import type { ErasureReceipt } from '../ports/erasure-store.ts';
import type { Meter } from '../ports/meter.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { ADDRESS_TAKEN, assertRedisAddress } from './connect-redis.ts';
import {
  type DurableStores,
  type Embedded,
  type EmbeddedOptions,
  openEmbedded,
} from './embedded.ts';
import type { HotRedisAddress } from './hot-redis.ts';
import { openFirestoreStores, redisPrefixOf } from './open-firestore-stores.ts';
import { readDrafts, readLimit, readQuery, readSession, readUserId } from './read-input.ts';
import { readOptions } from './read-options.ts';
import { runLocally } from './run-locally.ts';
import type { SummarizerName } from './summarizer-of.ts';
import type { Tuning } from './tuning.ts';

/**
 * The seed's options with its defaults, and where to find what the manager stands on. With
 * `redisHost` or `redisUrl` several processes share the hot tier; else it is in this one.
 */
export interface TieredStorageOptions
  extends Omit<
      Tuning,
      | 'summarizer'
      | 'userRatePerSec'
      | 'userRateBurst'
      | 'profilingInterval'
      | 'alertThresholds'
      | 'alertPendingSamples'
    >,
    HotRedisAddress {
  /** The durable store, whatever else is given; default: Firestore of `projectId`, else SQLite. */
  readonly baseMemoryManager?: DurableStores;
  /**
   * The Google Cloud project whose Firestore is the durable store, or any name where
   * `FIRESTORE_EMULATOR_HOST` names an emulator. It is asked for with the first call.
   */
  readonly projectId?: string;
  /** A database of the project; default `(default)`. */
  readonly databaseId?: string;
  /** Keeps everything in SQLite in this directory, made when it does not exist. Default `.strata`. */
  readonly dataDir?: string;
  /** Migrate every `tierMigrationInterval` seconds while this process runs. Default `true`. */
  readonly migrateAutomatically?: boolean;
  /** One of your own, or the name of one of ours; default: Gemini where `geminiProject` is given. */
  readonly summarizer?: Summarizer | SummarizerName;
  /** Used instead of the one that `tokenCounter` names. */
  readonly counter?: TokenCounter;
  /** Tells the time. Default: the system's. */
  readonly clock?: Clock;
  /** Takes log lines; `jsonLogger` writes them. Default: none are written. */
  readonly log?: Logger;
}

const TAKEN: Readonly<Record<keyof TieredStorageOptions, true>> = {
  hotTierMaxAgeDays: true,
  warmTierMaxAgeDays: true,
  minAccessCountHot: true,
  minAccessCountWarm: true,
  enableCompression: true,
  tierMigrationInterval: true,
  accessHalfLifeDays: true,
  windowMaxItems: true,
  idempotencyDays: true,
  tombstoneDays: true,
  migrationBudgetMs: true,
  retentionDays: true,
  deadLetterDays: true,
  l1MaxMemoryMb: true,
  maxMemoryMb: true,
  maxMemoryPolicy: true,
  defaultTtl: true,
  hotStaleMaxMs: true,
  redisTimeoutMs: true,
  maxContextItems: true,
  maxContextTokens: true,
  summarizationThreshold: true,
  summaryMaxTokens: true,
  factsMaxTokens: true,
  tokenCounter: true,
  geminiModel: true,
  geminiProject: true,
  geminiLocation: true,
  geminiSdk: true,
  ...ADDRESS_TAKEN,
  isCluster: true,
  redisPrefix: true,
  baseMemoryManager: true,
  projectId: true,
  databaseId: true,
  dataDir: true,
  migrateAutomatically: true,
  summarizer: true,
  counter: true,
  clock: true,
  log: true,
};

/** One item to remember: who said it in which session, and what. */
export interface MemoryItem extends SessionRef, Omit<ItemDraft, 'source'> {}

/**
 * The seed's `TieredStorageManager`: the whole memory in one object, without HTTP. Items move
 * between the hot, warm and cold tier by age and use; every method works on all tiers alike.
 *
 * Methods throw `AppError`; see its codes.
 */
export class TieredStorageManager {
  readonly #given: TieredStorageOptions;
  readonly #options: StrataOptions;
  readonly #clock: Clock;
  #open: () => Promise<Embedded>;
  #embedded: Embedded | undefined;
  #stop: () => void = () => undefined;

  /** @throws AppError `invalid-argument` when an option is unknown or out of bounds. */
  constructor(given: TieredStorageOptions = {}) {
    this.#given = given;
    this.#options = readOptions(given, TAKEN);
    assertRedisAddress(given);
    this.#clock = given.clock ?? systemClock;
    this.#open = lazy(() => this.#start());
  }

  /** Opens the store, also again after `close`. Every other method needs it first; twice is harmless. */
  async initialize(): Promise<void> {
    await this.#open();
  }

  /** Remembers an item and answers with its id, when it is durable. */
  async addMemoryItem({ userId, sessionId, ...item }: MemoryItem): Promise<string> {
    const [id] = await this.addMemoryItems({ userId, sessionId }, [item]);
    if (id === undefined) throw new TypeError('One item has one id');
    return id;
  }

  /** Remembers items of one session in this order, all or none. */
  async addMemoryItems(session: SessionRef, items: readonly ItemDraft[]): Promise<string[]> {
    const { memory } = this.#system();
    const startedAtMs = this.#clock.now();
    const target = readSession(session);
    const drafts = readDrafts(items, startedAtMs);
    const command = { ...target, items: drafts, startedAtMs, isEvent: false };
    return (await memory.append(command)).items.map(({ id }) => id);
  }

  /** The item, or `undefined` when there is none of this id. */
  async getMemoryItem(id: string): Promise<ItemView | undefined> {
    try {
      return await this.#system().memory.readItem(id);
    } catch (thrown) {
      if (AppError.from(thrown).code === 'not-found') return undefined;
      throw thrown;
    }
  }

  /** Every live item of a session in order, whatever tier it is in; the newest `limit` when given. */
  async getConversationHistory(
    query: SessionRef & { readonly limit?: number },
  ): Promise<ItemView[]> {
    const { memory } = this.#system();
    const session = readSession(query);
    const limit = readLimit(query.limit);
    const items: ItemView[] = [];
    for (let fromSeq: number | undefined; items.length < limit; ) {
      const page = await memory.history({
        ...session,
        order: 'desc',
        limit: Math.min(500, limit - items.length),
        ...(fromSeq === undefined ? {} : { fromSeq }),
      });
      items.push(...page.items);
      fromSeq = page.nextSeq;
      if (fromSeq === undefined) break;
    }
    return items.reverse();
  }

  /** The context of the next model call, within its budget. */
  async getContext(
    query: SessionRef & Partial<Omit<ContextQuery, keyof SessionRef>>,
  ): Promise<ContextResult> {
    return this.#system().memory.context(readQuery(query));
  }

  async getCoverage(session: SessionRef): Promise<Coverage> {
    return this.#system().memory.coverage(readSession(session));
  }

  /** Forgets an item in every tier and summary. @throws AppError `not-found`. */
  async deleteMemoryItem(id: string): Promise<void> {
    return this.#system().memory.deleteItem(id);
  }

  /** Moves what is due between the tiers, for as long as `budgetMs` allows. */
  async migrateTiers(budgetMs = this.#options.migrationBudgetMs): Promise<MigrationReport> {
    const deadline = deadlineAfter(budgetMs, systemClock);
    return this.#system().memory.migrateTiers({ dryRun: false, deadline });
  }

  /** Erases a user from every tier, cache and summary. The receipt says whether it is done. */
  async eraseUser(userId: string, budgetMs = 60 * SECOND_MS): Promise<ErasureReceipt> {
    const deadline = deadlineAfter(budgetMs, systemClock);
    return this.#system().memory.eraseUser(readUserId(userId), deadline);
  }

  /** Resolves when summaries and migrations that were asked for are done. */
  async settle(): Promise<void> {
    await this.#system().bus.drain();
  }

  /** Writes down what is only counted in memory and closes the store. */
  async close(): Promise<void> {
    this.#stop();
    const embedded = this.#embedded;
    this.#embedded = undefined;
    this.#open = lazy(() => this.#start());
    await embedded?.close();
  }

  /** What a `MemoryProfiler` looks at. */
  get metricsSources(): MetricsSources {
    return this.#system().metricsSources;
  }

  #system(): Embedded {
    if (this.#embedded) return this.#embedded;
    throw new AppError('invalid-argument', 'Call initialize() first, and nothing after close()');
  }

  async #start(): Promise<Embedded> {
    const { dataDir = '.strata', counter, log } = this.#given;
    const meter = new InProcessMeter();
    const embedded = await openEmbedded({
      options: this.#options,
      dataDir,
      clock: this.#clock,
      meter,
      ...this.#stores(meter),
      ...dropAbsent({ summarizer: ownSummarizer(this.#given), counter, log }),
    });
    this.#embedded = embedded;
    const isAutomatic = this.#given.migrateAutomatically ?? true;
    this.#stop = runLocally(embedded, {
      timers: systemTimers,
      log: log ?? silentLogger,
      ...(isAutomatic ? { migrateEveryMs: this.#options.tierMigrationInterval * SECOND_MS } : {}),
    });
    return embedded;
  }

  /** The durable store, where it is not SQLite, and the Redis of the hot tier. */
  #stores(meter: Meter): Pick<EmbeddedOptions, 'stores' | 'redis'> {
    const { baseMemoryManager, projectId, databaseId, dataDir } = this.#given;
    const redis = this.#given.redisHost || this.#given.redisUrl ? this.#given : undefined;
    if (baseMemoryManager || projectId === undefined || dataDir !== undefined)
      return dropAbsent({ stores: baseMemoryManager, redis });
    const place = { projectId, ...dropAbsent({ databaseId }) };
    return {
      stores: openFirestoreStores(place, { clock: this.#clock, meter }),
      ...(redis && { redis: { redisPrefix: redisPrefixOf(place), ...redis } }),
    };
  }
}

const ownSummarizer = ({ summarizer }: TieredStorageOptions): Summarizer | undefined =>
  typeof summarizer === 'string' ? undefined : summarizer;
