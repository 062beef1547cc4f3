import { lazy } from '../kernel/lazy.ts';
import type { SessionIndex } from '../ports/session-index.ts';
import type { DurableStores } from './embedded.ts';

/**
 * Durable stores that are opened by the first call that needs them: a hot hit pays for no client of
 * theirs, and only their `shards` must be known. Other processes may commit in them at any moment, so `epoch` never gives a value twice.
 */
export function deferredStores(
  open: () => Promise<DurableStores>,
  { shards }: Pick<SessionIndex, 'shards'>,
): DurableStores {
  let isAsked = false;
  const opened = lazy(() => {
    isAsked = true;
    return open();
  });
  const store = async () => (await opened()).store;
  const index = async () => (await opened()).index;
  const erasure = async () => (await opened()).erasure;
  const deadLetters = async () => (await opened()).deadLetters;
  const secrets = async () => (await opened()).secrets;
  let epoch = 0;
  return {
    store: {
      loadHead: async (...args) => (await store()).loadHead(...args),
      commit: async (...args) => (await store()).commit(...args),
      readLog: async (...args) => (await store()).readLog(...args),
      readSeqs: async (...args) => (await store()).readSeqs(...args),
      readDue: async (...args) => (await store()).readDue(...args),
      readSummaries: async (...args) => (await store()).readSummaries(...args),
    },
    index: {
      shards,
      listSessions: async (...args) => (await index()).listSessions(...args),
      listDue: async (...args) => (await index()).listDue(...args),
      countDue: async (...args) => (await index()).countDue(...args),
      totals: async () => (await index()).totals(),
      listAll: async (...args) => (await index()).listAll(...args),
      readSweep: async () => (await index()).readSweep(),
      writeSweep: async (...args) => (await index()).writeSweep(...args),
    },
    erasure: {
      readTombstone: async (...args) => (await erasure()).readTombstone(...args),
      putTombstone: async (...args) => (await erasure()).putTombstone(...args),
      eraseSession: async (...args) => (await erasure()).eraseSession(...args),
      eraseTraces: async (...args) => (await erasure()).eraseTraces(...args),
      scrub: async () => (await erasure()).scrub(),
      readReceipt: async (...args) => (await erasure()).readReceipt(...args),
      putReceipt: async (...args) => (await erasure()).putReceipt(...args),
    },
    secrets: {
      find: async (...args) => (await secrets()).find(...args),
      keep: async (...args) => (await secrets()).keep(...args),
    },
    deadLetters: {
      add: async (...args) => (await deadLetters()).add(...args),
      list: async (...args) => (await deadLetters()).list(...args),
      deleteExpired: async () => (await deadLetters()).deleteExpired(),
      eraseUser: async (...args) => (await deadLetters()).eraseUser(...args),
    },
    epoch: () => ++epoch,
    close() {
      if (!isAsked) return;
      void opened().then(
        (stores) => stores.close(),
        () => undefined, // What could not be opened needs no end.
      );
    },
  };
}
