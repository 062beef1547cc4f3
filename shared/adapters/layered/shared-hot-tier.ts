import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { HeadProof, SharedHeadCache } from '../../ports/shared-head-cache.ts';

/** What the shared cache said, or that it cannot say anything. */
export type Asked =
  | { readonly status: 'unchanged' }
  | { readonly status: 'newer'; readonly head: SessionHead }
  | { readonly status: 'unknown'; readonly ticket: string; readonly isHeld: boolean }
  | { readonly status: 'down' };

export interface SharedHotTierOptions {
  readonly cache: SharedHeadCache;
  /** How long a head counts as the newest without having been compared with the durable store. */
  readonly hotStaleMaxMs: number;
  /** A monotonic clock in milliseconds. */
  readonly perf: { now(): number };
}

// After an outage the others reconnect within half a second of each other: until then one of them may
// commit without being able to tell.
const OTHERS_RECOVER_MS = SECOND_MS;
/** Higher than any version. */
const GONE = Number.POSITIVE_INFINITY;
const MAX_DEBTS = 10_000;
const DEBTS_PAID_AT_ONCE = 100;

/**
 * The shared cache as one instance sees it: it may fail at any time, and nothing fails with it. What
 * this instance saw fail it does not trust: heads confirmed before that, or less than a second after
 * it, are unknown to it.
 */
export class SharedHotTier {
  readonly #cache: SharedHeadCache;
  readonly #hotStaleMaxMs: number;
  readonly #perf: { now(): number };
  /**
   * Sessions whose newest head could not be told to others: what is older than this version still
   * has to go. `GONE`: all of it.
   */
  readonly #debts = new Map<SessionKey, number>();
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ cache, hotStaleMaxMs, perf }: SharedHotTierOptions) {
    this.#cache = cache;
    this.#hotStaleMaxMs = hotStaleMaxMs;
    this.#perf = perf;
  }

  async ask(key: SessionKey, knownVersion: number | undefined): Promise<Asked> {
    const isOwing = this.#debts.has(key);
    const sinceFailureMs = this.#perf.now() - this.#failedAtMs;
    const maxAgeMs = Math.min(this.#hotStaleMaxMs, sinceFailureMs - OTHERS_RECOVER_MS);
    try {
      const question = { key, maxAgeMs, ...(knownVersion === undefined ? {} : { knownVersion }) };
      const answer = await this.#cache.read(question);
      this.#payDebts();
      return isOwing ? { status: 'down' } : answer;
    } catch {
      // Any failure of the cache means the same: the durable store answers, and health tells.
      this.#failed();
      return { status: 'down' };
    }
  }

  /** Offers what was read from the durable store. */
  async offer(head: SessionHead, proof: HeadProof): Promise<void> {
    await this.#cache.put(head, proof).catch(() => this.#failed());
  }

  /**
   * Tells a committed head. Where that fails, others must at least not find the older one.
   *
   * @returns whether no other instance can find an older one any more.
   */
  async tell(head: SessionHead, proof: HeadProof): Promise<boolean> {
    try {
      await this.#cache.put(head, proof);
      return true;
    } catch {
      this.#failed();
      // Not awaited: it is on its way before the append is acknowledged, and a server that only
      // hangs handles it before later questions. Waiting would double the time of every append.
      this.#cache.outdate(head.sessionKey, head.version).catch(() => {
        this.#owe(head.sessionKey, head.version);
      });
      return false;
    }
  }

  /**
   * Something of at least this version is durable, or may be.
   *
   * @returns whether no other instance can find an older one any more.
   */
  async outdate(key: SessionKey, belowVersion: number): Promise<boolean> {
    try {
      await this.#cache.outdate(key, belowVersion);
      return true;
    } catch {
      this.#failed();
      this.#owe(key, belowVersion);
      return false;
    }
  }

  /** Before a session is erased. @throws AppError `unavailable`: an erasure has to know. */
  async drop(key: SessionKey): Promise<number> {
    const dropped = await this.#cache.drop(key);
    this.#debts.delete(key);
    return dropped;
  }

  /** After a session was erased; `undefined`: others may still find it. */
  async dropAgain(key: SessionKey): Promise<number | undefined> {
    try {
      return await this.drop(key);
    } catch {
      this.#failed();
      this.#owe(key, GONE);
      return undefined;
    }
  }

  #failed(): void {
    this.#failedAtMs = this.#perf.now();
  }

  #owe(key: SessionKey, belowVersion: number): void {
    this.#debts.set(key, Math.max(belowVersion, this.#debts.get(key) ?? 0));
    // The oldest is forgotten first: its head has been without confirmation for longest.
    const [oldest] = this.#debts.keys();
    if (this.#debts.size > MAX_DEBTS && oldest) this.#debts.delete(oldest);
  }

  /** The cache answers again: what others may still find there goes, without anybody waiting. */
  #payDebts(): void {
    if (this.#debts.size === 0) return;
    for (const [key, version] of [...this.#debts].slice(0, DEBTS_PAID_AT_ONCE)) {
      this.#debts.delete(key);
      const paid = version === GONE ? this.#cache.drop(key) : this.#cache.outdate(key, version);
      paid.catch(() => this.#owe(key, version));
    }
  }
}
