import type { Memory } from '../shared/app/memory.ts';
import type { MetricsSnapshot } from '../shared/domain/metrics/metrics-snapshot.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Logger } from '../shared/kernel/logger.ts';
import type { StrataOptions } from '../shared/options.ts';
import type { DeliveryLedger } from '../shared/ports/delivery-ledger.ts';
import type { Meter } from '../shared/ports/meter.ts';
import type { RateLimiter } from '../shared/ports/rate-limiter.ts';
import type { Keys } from './http/cursor.ts';
import type { Identity } from './identity/identity.ts';

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly stores: Readonly<Record<string, 'ok' | 'down'>>;
}

/** What every function works with. The composition root makes it; a function sees only this. */
export interface Runtime {
  readonly options: StrataOptions;
  readonly memory: Memory;
  readonly metrics: {
    collect(): Promise<MetricsSnapshot>;
    /** A sample, when one is due and nobody else takes it; else no promise. */
    poll(): Promise<void> | undefined;
    openMetrics(): string | Promise<string>;
  };
  readonly ledger: DeliveryLedger;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Logger;
  /** Pub/Sub delivers; other processes share the work. */
  readonly isShared: boolean;
  readonly identity: Identity;
  /** Keeps end users to their rate; absent: no limit. */
  readonly limiter?: RateLimiter;
  /** What cursors are signed with; never asked for but by who makes or takes one. */
  readonly cursorKeys: Keys;
  health(): Promise<Health>;
}

/** Gives the runtime, opened on the first call; where it is open already, without a promise. */
export type OpenRuntime = () => Runtime | Promise<Runtime>;
