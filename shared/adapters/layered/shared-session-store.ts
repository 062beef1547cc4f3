import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { HeadCache } from '../../ports/head-cache.ts';
import type { CommitResult, SessionStore } from '../../ports/session-store.ts';
import type { SharedHeadCache } from '../../ports/shared-head-cache.ts';
import { SharedHotTier } from './shared-hot-tier.ts';
import { uncachedErasure, uncachedReads } from './uncached.ts';

interface SharedCachedStores {
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
  /** Heads in this process. None of them is served before the shared cache said that it is new. */
  readonly local: HeadCache;
  readonly shared: SharedHeadCache;
  /** How long a head counts as the newest without having been compared with the durable store. */
  readonly hotStaleMaxMs: number;
  /** A monotonic clock in milliseconds; default: the process's. */
  readonly perf?: { now(): number };
}

/** A durable read that several callers wait for. */
interface Flight {
  readonly ticket: string;
  readonly head: Promise<SessionHead | undefined>;
}

const MAX_TICKETS = 10_000;

/**
 * Puts this process's cache and one that all instances share in front of the durable store. A read
 * asks the shared one "newer than what I have?": one round trip, and no durable read on a hit.
 * Correctness rests on the shared cache's tickets; see infra/decisions/0009-hot-tier.md.
 */
export function sharedCachedStores(given: SharedCachedStores): {
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
  readonly cache: HeadCache;
} {
  const { store, erasure, local, shared, hotStaleMaxMs, perf = performance } = given;
  const tier = new SharedHotTier({ cache: shared, hotStaleMaxMs, perf });
  const flights = new Map<SessionKey, Flight>();
  /** For the first commit of sessions that were looked for and not found. */
  const tickets = new Map<SessionKey, string>();
  /** When a head was last known to be the newest. */
  const verifiedAtMs = new WeakMap<SessionHead, number>();
  /** Entries that a step of an erasure dropped, until its use case asks how many they were. */
  const dropped = new Map<SessionKey, number>();

  async function loadHead(key: SessionKey, purpose?: 'commit'): Promise<SessionHead | undefined> {
    const known = await local.get(key);
    if (known && purpose === 'commit' && wasVerifiedLately(known)) return known;
    const asked = await tier.ask(key, known?.version);
    switch (asked.status) {
      case 'unchanged':
        if (known) verifiedAtMs.set(known, perf.now());
        return known;
      case 'newer':
        await remember(asked.head);
        return asked.head;
      case 'unknown':
        return loadOnce(key, asked);
      case 'down':
        return loadDurable(key);
    }
  }

  const wasVerifiedLately = (head: SessionHead): boolean =>
    perf.now() - (verifiedAtMs.get(head) ?? Number.NEGATIVE_INFINITY) <= hotStaleMaxMs;

  async function remember(head: SessionHead): Promise<void> {
    verifiedAtMs.set(head, perf.now());
    await local.put(head);
  }

  /**
   * Callers with the same ticket share one durable read: nothing was committed between their
   * questions. One who came after a commit has another ticket and must not wait for an older read.
   */
  function loadOnce(key: SessionKey, asked: { readonly ticket: string; readonly isHeld: boolean }) {
    const flight = flights.get(key);
    if (flight && asked.ticket !== '' && flight.ticket === asked.ticket) return flight.head;
    const head = loadDurable(key, asked).finally(() => {
      if (flights.get(key)?.head === head) flights.delete(key);
    });
    flights.set(key, { ticket: asked.ticket, head });
    return head;
  }

  async function loadDurable(
    key: SessionKey,
    asked?: { readonly ticket: string; readonly isHeld: boolean },
  ): Promise<SessionHead | undefined> {
    const startedAtMs = perf.now();
    const head = await store.loadHead(key);
    if (head) {
      await remember(head);
      const { ticket } = asked ?? {};
      const ageMs = perf.now() - startedAtMs;
      if (ticket !== undefined) await tier.offer(head, { ticket, ageMs });
      return head;
    }
    await local.drop(key);
    // What the cache still holds is of a session that is gone.
    if (asked?.isHeld) await tier.outdate(key, Number.MAX_SAFE_INTEGER);
    else if (asked) keepTicket(key, asked.ticket);
    return undefined;
  }

  function keepTicket(key: SessionKey, ticket: string): void {
    tickets.set(key, ticket);
    const [oldest] = tickets.keys();
    if (tickets.size > MAX_TICKETS && oldest) tickets.delete(oldest);
  }

  async function commit(change: SessionChange): Promise<CommitResult> {
    const { sessionKey: key, head, expectedVersion = 0 } = change;
    const ticket = tickets.get(key);
    tickets.delete(key);
    const startedAtMs = perf.now();
    try {
      const result = await store.commit(change);
      // Who asks from now on must not be given what was read before.
      flights.delete(key);
      if (result.status === 'committed') {
        await remember(head);
        const ageMs = perf.now() - startedAtMs;
        await tier.tell(head, ticket === undefined ? { ageMs } : { ageMs, ticket });
      } else {
        // Whoever wrote what is replayed may not have lived to tell the cache.
        await forget(key, expectedVersion + 1);
      }
      return result;
    } catch (thrown) {
      flights.delete(key);
      // `aborted`: the durable head is newer than the one expected. Else the change may be durable.
      const isStale = AppError.from(thrown).code === 'aborted';
      await forget(key, isStale ? expectedVersion + 1 : head.version);
      throw thrown;
    }
  }

  async function forget(key: SessionKey, belowVersion: number): Promise<void> {
    await local.drop(key);
    await tier.outdate(key, belowVersion);
  }

  async function dropAll(key: SessionKey): Promise<number> {
    flights.delete(key);
    tickets.delete(key);
    return (await tier.drop(key)) + (await local.drop(key));
  }

  return {
    store: { loadHead, commit, ...uncachedReads(store) },
    erasure: {
      ...uncachedErasure(erasure),
      async eraseSession(key, limit) {
        // First, so that no step is taken while copies are out of reach; it also keeps readers of
        // this moment from bringing back what the step removes.
        const before = await dropAll(key);
        dropped.set(key, (dropped.get(key) ?? 0) + before);
        const step = await erasure.eraseSession(key, limit);
        flights.delete(key);
        return step;
      },
    },
    cache: {
      get: (key) => local.get(key),
      put: (head) => local.put(head),
      clear: () => local.clear(),
      stats: () => local.stats(),
      async drop(key) {
        const earlier = dropped.get(key) ?? 0;
        dropped.delete(key);
        return earlier + (await dropAll(key));
      },
    },
  };
}
