import { join, resolve } from 'node:path';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { TraceCarryingEventBus } from '../adapters/layered/trace-carrying-event-bus.ts';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { MetricsCollector } from '../app/collect-metrics.ts';
import type { Memory } from '../app/memory.ts';
import type { MetricsSources } from '../app/metrics-sources.ts';
import { StepwiseRelief } from '../domain/metrics/relief.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { hashKey } from '../kernel/key.ts';
import { type Logger, silentLogger } from '../kernel/logger.ts';
import type { StrataOptions } from '../options.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import type { DeliveryLedger } from '../ports/delivery-ledger.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { HeadCache } from '../ports/head-cache.ts';
import type { Meter } from '../ports/meter.ts';
import type { MetricsExporter } from '../ports/metrics-exporter.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { SessionIndex } from '../ports/session-index.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { createMemory } from './create-memory.ts';
import { type CursorKeys, cursorKeysOf } from './cursor-keys.ts';
import type { HotRedisAddress } from './hot-redis.ts';
import type { HotTier } from './hot-tier.ts';
import { keepDeadLetters } from './keep-dead-letters.ts';
import { openHotTier } from './open-hot-tier.ts';
import { summarizerOf } from './summarizer-of.ts';
import { tokenCounterFor } from './token-counter-for.ts';
import { traceWhereRegistered } from './trace-where-registered.ts';

/** The database's file in the data directory. */
export const DATABASE_FILE = 'strata.db';

/** A durable store in all its roles, as `openSqlite` gives it. */
export interface DurableStores {
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly erasure: ErasureStore;
  readonly deadLetters: DeadLetters;
  readonly secrets: SecretStore;
  /** Changes when another process committed. */
  epoch(): number;
  close(): void;
}

export interface EmbeddedOptions {
  readonly options: StrataOptions;
  /** Made when it does not exist. */
  readonly dataDir: string;
  /** Used instead of SQLite in `dataDir`. */
  readonly stores?: DurableStores;
  /** The hot tier's shared half; absent: this process's memory alone, for one process. */
  readonly redis?: HotRedisAddress;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly summarizer?: Summarizer;
  /** Used instead of the one that `options.tokenCounter` names. */
  readonly counter?: TokenCounter;
  /** Counts what happens here; brought where `stores` count in it already. */
  readonly meter?: Meter;
  /** Where every sample of the metrics goes, too. */
  readonly exporter?: MetricsExporter;
  /** Used instead of one that the durable store keeps: the first signs cursors, all are accepted. */
  readonly cursorKeys?: readonly string[];
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly stores: Readonly<Record<string, 'ok' | 'down'>>;
}

/** A bus as a system holds it: its own, and closed with it. */
export interface OwnBus extends EventBus {
  close(): Promise<void>;
}

export interface SystemOptions<B extends OwnBus> extends EmbeddedOptions {
  readonly openBus: (needs: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly meter: Meter;
  }) => B;
  /** What is published reaches other processes, which share the work. */
  readonly isShared: boolean;
}

/** Everything that a function works with, in this process. */
export interface System<B extends OwnBus = OwnBus> {
  readonly memory: Memory;
  readonly metrics: MetricsCollector;
  /** What it looks at, for another one. */
  readonly metricsSources: MetricsSources;
  readonly bus: B;
  /** What is published reaches other processes, which share the work. */
  readonly isShared: boolean;
  readonly ledger: DeliveryLedger;
  /** Keeps end users to their rate; absent: no limit. */
  readonly limiter?: RateLimiter;
  readonly deadLetters: DeadLetters;
  readonly index: SessionIndex;
  readonly cache: HeadCache;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: StrataOptions;
  /** What cursors are signed with; asked for by the first request that makes or takes one. */
  readonly cursorKeys: CursorKeys;
  health(): Promise<Health>;
  /** Writes counted accesses down and closes the database. */
  close(): Promise<void>;
}

/** The whole system in this process, with no server and no account. */
export type Embedded = System<InProcessEventBus>;

/**
 * Opens the embedded system: SQLite as the durable store, this process's memory as the hot tier, an
 * in-process bus, and the summariser that the options name.
 *
 * @throws AppError with one line that says what to do when the data directory cannot be used.
 */
export async function openEmbedded(given: EmbeddedOptions): Promise<Embedded> {
  const openBus = (needs: ConstructorParameters<typeof InProcessEventBus>[0]) =>
    new InProcessEventBus(needs);
  const embedded = await openSystem({ ...given, openBus, isShared: false });
  keepDeadLetters(embedded);
  return embedded;
}

/** The same on a bus of the caller's choice. */
export async function openSystem<B extends OwnBus>(given: SystemOptions<B>): Promise<System<B>> {
  const { options, dataDir, clock = systemClock, log = silentLogger } = given;
  const stores = given.stores ?? openSqlite({ path: join(dataDir, DATABASE_FILE), clock });
  const counter = given.counter ?? tokenCounterFor(options.tokenCounter);
  const { meter = new InProcessMeter() } = given;
  const summarizer = given.summarizer ?? summarizerOf(options, { counter, meter, log });
  const { index, deadLetters } = stores;
  const relief = { process: new StepwiseRelief(), redis: new StepwiseRelief() };
  const needs = { ...stores, epoch: () => stores.epoch(), options, meter, relief, clock, log };
  const hot = await openHotTier(needs, redisOf(given));
  const { store, erasure, cache, accessLog, ledger } = hot;
  const bus = given.openBus({ clock, log, meter });
  const kept = { cache, index, meter, bus, clock, log, options };
  const { isShared, exporter } = given;
  const metricsSources = { l1: cache, redis: hot.redis, index, meter, bus, relief };
  const watched = { ...metricsSources, processMeter: meter, exporter, clock, log, options };
  const metrics = new MetricsCollector(watched);
  const ports = { ...kept, store, erasure, deadLetters, accessLog, summarizer, counter, isShared };
  const memory = await traceWhereRegistered(
    createMemory({ ...ports, relief: relief.process, bus: new TraceCarryingEventBus(bus) }),
  );
  return {
    ...kept,
    memory,
    isShared,
    ledger,
    ...(hot.limiter && { limiter: hot.limiter }),
    deadLetters,
    metrics,
    metricsSources,
    cursorKeys: cursorKeysOf(stores.secrets, given.cursorKeys),
    health: () => healthOf(index, hot),
    async close() {
      metrics.close();
      await bus.close();
      await memory.flushAccesses();
      await hot.close();
      stores.close();
    },
  };
}

/** Two systems on files of their own may share a Redis: their keys must not meet. */
function redisOf({ redis, stores, dataDir }: EmbeddedOptions): HotRedisAddress | undefined {
  if (!redis || redis.redisPrefix || stores) return redis;
  return { ...redis, redisPrefix: `strata-${hashKey(resolve(dataDir)).slice(0, 12)}` };
}

async function healthOf(index: SessionIndex, hot: HotTier): Promise<Health> {
  // The cheapest read. Any failure means the same here: the store cannot be used now.
  const isDurableUp = await index.listSessions('', { limit: 1 }).then(
    () => true,
    () => false,
  );
  // One after the other: the first read of a process may load the durable store's client, which keeps
  // the event loop longer than Redis has to answer.
  const isHotUp = await hot.isUp();
  return {
    status: isDurableUp ? (isHotUp ? 'ok' : 'degraded') : 'down',
    stores: { durable: isDurableUp ? 'ok' : 'down', hot: isHotUp ? 'ok' : 'down' },
  };
}
