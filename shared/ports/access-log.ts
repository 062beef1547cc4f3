import type { SessionKey, SessionRef } from '../domain/ids.ts';

/** Accesses of one session that are not written down yet. */
export interface PendingAccesses extends SessionRef {
  readonly sessionKey: SessionKey;
  /** How often each seq was handed out. */
  readonly counts: ReadonlyMap<number, number>;
}

/**
 * Counts accesses until the migration writes them down in batches. Lossy by design: a crash loses
 * counts that were not drained, nothing else.
 */
export interface AccessLog {
  record(session: SessionRef, sessionKey: SessionKey, seqs: readonly number[]): void;

  /** How often this item was handed out since the last drain. */
  pending(sessionKey: SessionKey, seq: number): number;

  /**
   * Resolves when any instance's drain finds this session's counts, or they are lost; absent where
   * that is so already.
   */
  hasten(sessionKey: SessionKey): Promise<void> | undefined;

  /** What a drain of everything would take; each session once. Nothing is taken. */
  peek(): AsyncIterable<PendingAccesses>;

  /** Takes the counts of up to `limit` sessions out of the log. */
  drain(limit: number): readonly PendingAccesses[] | Promise<readonly PendingAccesses[]>;

  /** Forgets a session's counts. */
  drop(sessionKey: SessionKey): void;
}
