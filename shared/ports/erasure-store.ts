import type { SessionKey } from '../domain/ids.ts';

/** Blocks what arrives late for an erased user. */
export interface Tombstone {
  readonly userId: string;
  readonly erasedAtMs: number;
  /** Until the erasure is done nothing is written for the user at all. */
  readonly status: 'erasing' | 'erased';
  /** The receipt of this erasure: a repeated call goes on with it. */
  readonly receiptId: string;
  readonly expiresAtMs: number;
}

export interface ErasureReceipt {
  readonly receiptId: string;
  readonly userId: string;
  readonly status: 'erasing' | 'erased';
  readonly sessions: number;
  readonly items: number;
  readonly segments: number;
  readonly summaries: number;
  readonly cacheKeys: number;
  readonly verifiedEmpty: boolean;
  readonly startedAtMs: number;
  readonly completedAtMs?: number;
}

/** What one step of an erasure removed. */
export interface ErasedStep {
  readonly isDone: boolean;
  readonly items: number;
  readonly segments: number;
  readonly summaries: number;
  /** Entries of caches in front of the store that were forgotten with it. */
  readonly cacheKeys?: number;
}

/** Removes for good. Throws `AppError` `unavailable` when the store cannot be reached. */
export interface ErasureStore {
  /** `undefined` when there is none or it expired. */
  readTombstone(userId: string, nowMs: number): Promise<Tombstone | undefined>;
  putTombstone(tombstone: Tombstone): Promise<void>;

  /**
   * Removes up to `limit` documents of a session, its head last, so that a step after a crash still
   * finds what is left. Their bytes are overwritten, not only unlinked.
   */
  eraseSession(key: SessionKey, limit: number): Promise<ErasedStep>;

  /** Removes what is kept about a user beside sessions, for example parked events. */
  eraseTraces(userId: string): Promise<void>;

  /** Makes sure that erased bytes are gone from the medium as far as the store can. */
  scrub(): Promise<void>;

  readReceipt(receiptId: string): Promise<ErasureReceipt | undefined>;
  putReceipt(receipt: ErasureReceipt): Promise<void>;
}
