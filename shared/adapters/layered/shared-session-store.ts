import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead } from '../../domain/head.ts';
import { headJson } from '../../domain/head-json.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
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
  /** Lets milliseconds pass; default: really. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** A durable read that several callers wait for. */
interface Flight {
  readonly ticket: string;
  readonly head: Promise<SessionHead | undefined>;
}

const MAX_TICKETS = 10_000;
/** A busy process or server misses the time limit of a hot read; an erasure can wait. */
const DROP_ATTEMPTS = 4;
const DROP_PAUSE_MS = 250;

/**
 * Puts this process's cache and one that all instances share in front of the durable store. A read
 * asks the shared one "newer than what I have?": one round trip, and no durable read on a hit.
 * Correctness rests on the shared cache's tickets; see infra/decisions/0009-hot-tier.md.
 */
export function sharedCachedStores(given: SharedCachedStores): {
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
} {
  const { store, erasure, local, shared, hotStaleMaxMs } = given;
  const { perf = performance, wait = sleep } = given;
  const tier = new SharedHotTier({ cache: shared, hotStaleMaxMs, perf });
  const flights = new Map<SessionKey, Flight>();
  /** For the first commit of sessions that were looked for and not found. */
  const tickets = new Map<SessionKey, string>();
  /** When a head was last known to be the newest. */
  const verifiedAtMs = new WeakMap<SessionHead, number>();

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
    const { sessionKey: key, head, expectedVersion = 0, isRemoval = false } = change;
    const ticket = tickets.get(key);
    tickets.delete(key);
    const startedAtMs = perf.now();
    try {
      const committing = store.commit(change);
      // Made while that is on its way: afterwards the caller would wait for it.
      const json = Buffer.from(headJson(head));
      const result = await committing;
      // Who asks from now on must not be given what was read before.
      flights.delete(key);
      if (result.status === 'committed') {
        await remember(head);
        const ageMs = perf.now() - startedAtMs;
        const isTold = await tier.tell(head, dropAbsent({ ageMs, json, ticket }));
        if (isRemoval && !isTold) await outlast(await tier.outdate(key, head.version));
      } else {
        // Whoever wrote what is replayed may not have lived to tell the cache.
        await forget(key, expectedVersion + 1);
      }
      return result;
    } catch (thrown) {
      flights.delete(key);
      // `aborted`: the durable head is newer than the one expected. Else the change may be durable.
      const isStale = AppError.from(thrown).code === 'aborted';
      const isGone = await forget(key, isStale ? expectedVersion + 1 : head.version);
      if (isRemoval && !isStale) await outlast(isGone);
      throw thrown;
    }
  }

  async function forget(key: SessionKey, belowVersion: number): Promise<boolean> {
    await local.drop(key);
    return tier.outdate(key, belowVersion);
  }

  /**
   * What is gone for good must not be answered any more by the time that is acknowledged. Where the
   * old head could not be taken from others, they believe it up to this time and no longer.
   */
  async function outlast(isGone: boolean): Promise<void> {
    if (!isGone) await wait(hotStaleMaxMs + 1);
  }

  async function forgetAll(key: SessionKey): Promise<number> {
    flights.delete(key);
    tickets.delete(key);
    return local.drop(key);
  }

  /** @throws AppError `unavailable` when the cache cannot be reached for longer than a moment. */
  async function dropFirst(key: SessionKey): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await tier.drop(key);
      } catch (error) {
        if (attempt === DROP_ATTEMPTS) throw error;
        await wait(DROP_PAUSE_MS);
      }
    }
  }

  /** The way of a block that ran out, or was lost, was open to those who read before the step. */
  async function dropAgain(key: SessionKey): Promise<number> {
    const forgotten = await forgetAll(key);
    const dropped = await tier.dropAgain(key);
    await outlast(dropped !== undefined);
    return forgotten + (dropped ?? 0);
  }

  return {
    store: { loadHead, commit, ...uncachedReads(store) },
    erasure: {
      ...uncachedErasure(erasure),
      async eraseSession(key, limit) {
        // First, so that no step is taken while copies are out of reach; it also keeps readers of
        // this moment from bringing back what the step removes.
        const before = (await dropFirst(key)) + (await forgetAll(key));
        try {
          const step = await erasure.eraseSession(key, limit);
          return { ...step, cacheKeys: before + (await dropAgain(key)) };
        } catch (thrown) {
          // The step may have taken effect, and then nobody asks for it again.
          await dropAgain(key);
          throw thrown;
        }
      },
    },
  };
}
