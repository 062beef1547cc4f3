import { join } from 'node:path';
import { InProcessAccessLog } from '../adapters/in-process/access-log.ts';
import { InProcessDeliveryLedger } from '../adapters/in-process/delivery-ledger.ts';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { LruHeadCache } from '../adapters/in-process/head-cache.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { cachedStores } from '../adapters/layered/cached-session-store.ts';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { createMetricsCollector, type MetricsCollector } from '../app/collect-metrics.ts';
import type { Memory } from '../app/memory.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { type Logger, silentLogger } from '../kernel/logger.ts';
import type { StrataOptions } from '../options.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import type { DeliveryLedger } from '../ports/delivery-ledger.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import type { HeadCache } from '../ports/head-cache.ts';
import type { Meter } from '../ports/meter.ts';
import type { SessionIndex } from '../ports/session-index.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { createMemory } from './create-memory.ts';
import { keepDeadLetters } from './keep-dead-letters.ts';
import { summarizerOf } from './summarizer-of.ts';
import { tokenCounterFor } from './token-counter-for.ts';

/** The database's file in the data directory. */
export const DATABASE_FILE = 'strata.db';

/** A durable store in all its roles, as `openSqlite` gives it. */
export interface DurableStores {
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly erasure: ErasureStore;
  readonly deadLetters: DeadLetters;
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
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly summarizer?: Summarizer;
  /** Used instead of the one that `options.tokenCounter` names. */
  readonly counter?: TokenCounter;
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly stores: Readonly<Record<string, 'ok' | 'down'>>;
}

/** The whole system in this process, with no server and no account. */
export interface Embedded {
  readonly memory: Memory;
  readonly metrics: MetricsCollector;
  readonly bus: InProcessEventBus;
  readonly ledger: DeliveryLedger;
  readonly deadLetters: DeadLetters;
  readonly index: SessionIndex;
  readonly cache: HeadCache;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: StrataOptions;
  health(): Promise<Health>;
  /** Writes counted accesses down and closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the embedded system: SQLite as the durable store, this process's memory as the hot tier, an
 * in-process bus, and the summariser that the options name.
 *
 * @throws AppError with one line that says what to do when the data directory cannot be used.
 */
export async function openEmbedded(given: EmbeddedOptions): Promise<Embedded> {
  const { options, dataDir, clock = systemClock, log = silentLogger } = given;
  const stores = given.stores ?? openSqlite({ path: join(dataDir, DATABASE_FILE), clock });
  const counter = given.counter ?? tokenCounterFor(options.tokenCounter);
  const meter = new InProcessMeter();
  const summarizer = given.summarizer ?? summarizerOf(options, { counter, meter, log });
  const cache = new LruHeadCache({ maxSizeBytes: options.l1MaxMemoryMb * MIB });
  const accessLog = new InProcessAccessLog({ meter });
  const bus = new InProcessEventBus({ clock, log, meter });
  const ledger = new InProcessDeliveryLedger(clock);
  const { store, erasure } = cachedStores({ ...stores, epoch: () => stores.epoch(), cache });
  const { index, deadLetters } = stores;
  const kept = { cache, index, meter, bus, clock, log, options };
  const memory = createMemory({ ...kept, store, erasure, accessLog, summarizer, counter });
  keepDeadLetters(bus, deadLetters, clock);
  return {
    ...kept,
    memory,
    ledger,
    deadLetters,
    metrics: createMetricsCollector(kept),
    health: () => healthOf(index),
    async close() {
      await bus.close();
      await memory.flushAccesses();
      stores.close();
    },
  };
}

const MIB = 1_024 * 1_024;

async function healthOf(index: SessionIndex): Promise<Health> {
  try {
    await index.totals();
    return { status: 'ok', stores: { durable: 'ok', hot: 'ok' } };
  } catch {
    // Any failure of the durable store means the same here: it cannot be used now.
    return { status: 'down', stores: { durable: 'down', hot: 'ok' } };
  }
}
