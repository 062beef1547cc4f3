import type { SessionKey } from '../domain/ids.ts';
import { withDue } from '../domain/migration.ts';
import { type Clock, MINUTE_MS } from '../kernel/clock.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { SessionStore } from '../ports/session-store.ts';

/** Longer than a function may run (9 minutes): whoever holds a lease has ended when it does. */
export const MIGRATION_LEASE_MS = 10 * MINUTE_MS;

export interface LeaseDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/**
 * Takes a session that is due to be migrated: its due date moves behind the lease, by
 * compare-and-set on its head, so that one of many takers gets it and nobody finds it due meanwhile.
 * Where work stops without a word the session is due again when the lease runs out. A lease keeps
 * workers from repeating each other; what keeps the data right is that every step is compare-and-set.
 *
 * @returns whether it was taken.
 */
export function leaseSession(
  { store, clock, leaseMs }: LeaseDeps,
  sessionKey: SessionKey,
): Promise<boolean> {
  return retryAborted(async () => {
    const nowMs = clock.now();
    const head = await store.loadHead(sessionKey);
    if (head?.dueAtMs === undefined || head.dueAtMs > nowMs) return false;
    const leased = withDue(head, nowMs + leaseMs, { nowMs });
    await store.commit({ sessionKey, expectedVersion: head.version, head: leased });
    return true;
  });
}
