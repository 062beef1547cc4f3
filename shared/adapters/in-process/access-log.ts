import type { SessionKey, SessionRef } from '../../domain/ids.ts';
import { METRICS } from '../../domain/metrics/catalogue.ts';
import type { AccessLog, PendingAccesses } from '../../ports/access-log.ts';
import type { Meter } from '../../ports/meter.ts';

export interface InProcessAccessLogOptions {
  readonly meter: Meter;
  /** Items with counts that may wait, over all sessions; about 50 bytes each. */
  readonly maxPendingItems?: number;
}

interface Pending extends PendingAccesses {
  readonly counts: Map<number, number>;
}

/** Accesses of this process, in memory. Full, it gives up the counts of the oldest session. */
export class InProcessAccessLog implements AccessLog {
  /** By first access since the last drain. */
  readonly #sessions = new Map<SessionKey, Pending>();
  readonly #meter: Meter;
  readonly #maxPendingItems: number;
  #pendingItems = 0;

  constructor({ meter, maxPendingItems = 200_000 }: InProcessAccessLogOptions) {
    this.#meter = meter;
    this.#maxPendingItems = maxPendingItems;
  }

  record({ userId, sessionId }: SessionRef, sessionKey: SessionKey, seqs: readonly number[]): void {
    if (seqs.length === 0) return;
    const session = this.#sessions.get(sessionKey) ?? {
      userId,
      sessionId,
      sessionKey,
      counts: new Map<number, number>(),
    };
    const { counts } = session;
    const before = counts.size;
    for (const seq of seqs) counts.set(seq, (counts.get(seq) ?? 0) + 1);
    this.#sessions.set(sessionKey, session);
    this.#pendingItems += counts.size - before;
    this.#makeRoom();
  }

  pending(sessionKey: SessionKey, seq: number): number {
    return this.#sessions.get(sessionKey)?.counts.get(seq) ?? 0;
  }

  /** They are where this process drains them. */
  hasten(): undefined {
    return undefined;
  }

  async *peek(): AsyncGenerator<PendingAccesses> {
    for (const session of [...this.#sessions.values()]) {
      yield { ...session, counts: new Map(session.counts) };
    }
  }

  drain(limit: number): readonly PendingAccesses[] {
    const taken: Pending[] = [];
    for (const session of this.#sessions.values()) {
      if (taken.length >= limit) break;
      taken.push(session);
    }
    for (const { sessionKey } of taken) this.#remove(sessionKey);
    return taken;
  }

  drop(sessionKey: SessionKey): void {
    this.#remove(sessionKey);
  }

  #makeRoom(): void {
    while (this.#pendingItems > this.#maxPendingItems) {
      const oldest = this.#sessions.values().next().value;
      if (!oldest) return;
      this.#remove(oldest.sessionKey);
      const lost = [...oldest.counts.values()].reduce((sum, count) => sum + count, 0);
      this.#meter.count(METRICS.accessesDropped, lost);
    }
  }

  #remove(sessionKey: SessionKey): void {
    this.#pendingItems -= this.#sessions.get(sessionKey)?.counts.size ?? 0;
    this.#sessions.delete(sessionKey);
  }
}
