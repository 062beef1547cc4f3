import type { SessionHead } from '../domain/head.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { CacheStats } from './head-cache.ts';

export interface HeadQuestion {
  readonly key: SessionKey;
  /** The version that the asker holds already; absent: none. */
  readonly knownVersion?: number;
  /** A head that nobody compared with the durable store for longer counts as unknown; below 0: all. */
  readonly maxAgeMs: number;
}

export type HeadAnswer =
  /** The asker holds the newest version. */
  | { readonly status: 'unchanged' }
  | { readonly status: 'newer'; readonly head: SessionHead }
  /**
   * Not here, not confirmed lately, or older than what the asker holds: the durable store decides.
   * Where nothing is held, `ticket` allows one to put what is read there from now on; equal tickets
   * mean that nothing was put, outdated or dropped in between. Empty: nothing may be put.
   */
  | { readonly status: 'unknown'; readonly ticket: string; readonly isHeld: boolean };

export interface HeadProof {
  /** How long ago the head was certainly the newest: since its commit or its reading began. */
  readonly ageMs: number;
  /** From an `unknown` answer that came before the head was read or committed. */
  readonly ticket?: string;
  /** The head as JSON in UTF-8 (`headJson`), where that was made beforehand. */
  readonly json?: Buffer;
}

/**
 * Session heads that all instances share. Disposable: losing any of it, or all of it at any moment,
 * changes latency, never an answer. Every method is one atomic step and one round trip.
 *
 * Every method throws `AppError` `unavailable` when the cache cannot be reached; a step may have
 * taken effect then.
 */
export interface SharedHeadCache {
  /** Is there anything newer than what I have? */
  read(question: HeadQuestion): Promise<HeadAnswer>;

  /**
   * Keeps a head in place of an older one; a newer one stays. Where there is none the head is kept
   * only with a ticket that is still valid, and every `put`, `outdate` and `drop` of the session
   * ends its tickets: a head that was read before a later commit, erasure or loss of the cache
   * cannot come back by a late `put`.
   */
  put(head: SessionHead, proof: HeadProof): Promise<void>;

  /** Forgets a head older than this version: something newer is durable. */
  outdate(key: SessionKey, belowVersion: number): Promise<void>;

  /**
   * Forgets a session and keeps nothing of it for some seconds, so that what was read before its
   * erasure cannot come back. Says how many entries that were.
   */
  drop(key: SessionKey): Promise<number>;

  stats(): Promise<CacheStats>;
}
