import type { Reliefs } from '../domain/metrics/relief.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { StrataOptions } from '../options.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { DeliveryLedger } from '../ports/delivery-ledger.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import type { HeadCache } from '../ports/head-cache.ts';
import type { Meter } from '../ports/meter.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { SessionStore } from '../ports/session-store.ts';

/** The durable store with the hot tier in front of it, and what else instances share. */
export interface HotTier {
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
  readonly cache: HeadCache;
  readonly accessLog: AccessLog;
  readonly ledger: DeliveryLedger;
  /** Keeps end users to their rate; absent: no limit. */
  readonly limiter?: RateLimiter;
  /** Figures of the shared half, where there is one. */
  readonly redis?: Pick<HeadCache, 'stats'>;
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}

export interface HotTierNeeds {
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
  epoch(): number;
  readonly options: StrataOptions;
  readonly meter: Meter;
  readonly relief: Reliefs;
  readonly clock: Clock;
  readonly log: Logger;
}
