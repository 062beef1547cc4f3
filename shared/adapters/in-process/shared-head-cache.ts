import { LRUCache } from 'lru-cache';
import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { type Clock, SECOND_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/new-id.ts';
import type { CacheStats } from '../../ports/head-cache.ts';
import type {
  HeadAnswer,
  HeadProof,
  HeadQuestion,
  SharedHeadCache,
} from '../../ports/shared-head-cache.ts';
import { headBytes } from './head-bytes.ts';

export interface LruSharedHeadCacheOptions {
  readonly maxSizeBytes: number;
  readonly clock: Clock;
}

interface Entry {
  readonly head: SessionHead;
  /** When the head was certainly the newest, last. */
  readonly confirmedAtMs: number;
}

const BLOCKED = 'blocked';
const TICKET_TTL_MS = 10 * SECOND_MS;
const MAX_TICKETS = 100_000;

/** Heads shared by the parts of one process that stand for several instances. */
export class LruSharedHeadCache implements SharedHeadCache {
  readonly #entries: LRUCache<SessionKey, Entry>;
  readonly #tickets: LRUCache<SessionKey, string>;
  readonly #clock: Clock;
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor({ maxSizeBytes, clock }: LruSharedHeadCacheOptions) {
    this.#clock = clock;
    this.#entries = new LRUCache({
      maxSize: maxSizeBytes,
      sizeCalculation: ({ head }) => headBytes(head),
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') this.#evictions++;
      },
    });
    const perf = { now: () => clock.now() };
    this.#tickets = new LRUCache({ max: MAX_TICKETS, ttl: TICKET_TTL_MS, ttlResolution: 0, perf });
  }

  async read({ key, knownVersion, maxAgeMs }: HeadQuestion): Promise<HeadAnswer> {
    const entry = this.#entries.get(key);
    const isFresh = entry && this.#clock.now() - entry.confirmedAtMs <= maxAgeMs;
    if (isFresh && entry.head.version >= (knownVersion ?? 0)) {
      this.#hits++;
      const { head } = entry;
      return head.version === knownVersion ? { status: 'unchanged' } : { status: 'newer', head };
    }
    this.#misses++;
    const ticket = this.#tickets.get(key) ?? newId();
    this.#tickets.set(key, ticket, { noUpdateTTL: true });
    const isHeld = entry !== undefined;
    return { status: 'unknown', ticket: ticket === BLOCKED ? '' : ticket, isHeld };
  }

  async put(head: SessionHead, { ageMs, ticket }: HeadProof): Promise<void> {
    const key = head.sessionKey;
    const valid = this.#tickets.get(key);
    if (valid === BLOCKED) return;
    this.#tickets.delete(key);
    const entry = this.#entries.peek(key);
    if (entry ? entry.head.version > head.version : valid === undefined || valid !== ticket) return;
    const sinceMs = this.#clock.now() - ageMs;
    const isSame = entry?.head.version === head.version;
    const confirmedAtMs = isSame ? Math.max(entry.confirmedAtMs, sinceMs) : sinceMs;
    this.#entries.set(key, { head, confirmedAtMs });
  }

  async outdate(key: SessionKey, belowVersion: number): Promise<void> {
    const entry = this.#entries.peek(key);
    if (entry && entry.head.version >= belowVersion) return;
    this.#entries.delete(key);
    if (this.#tickets.get(key) !== BLOCKED) this.#tickets.delete(key);
  }

  async drop(key: SessionKey): Promise<number> {
    this.#tickets.set(key, BLOCKED);
    return this.#entries.delete(key) ? 1 : 0;
  }

  /** Loses everything, as a flushed server does. */
  clear(): void {
    this.#entries.clear();
    this.#tickets.clear();
  }

  async stats(): Promise<CacheStats> {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      keys: this.#entries.size,
      usedMemoryBytes: this.#entries.calculatedSize,
      maxMemoryBytes: this.#entries.maxSize,
    };
  }
}
