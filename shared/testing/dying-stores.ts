import { uncachedErasure } from '../adapters/layered/uncached.ts';
import type { DurableStores } from '../components/embedded.ts';
import { AppError } from '../kernel/app-error.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';

/** A durable store whose process dies: after `writes` writes every call fails, reads too. */
export interface DyingStores extends DurableStores {
  /** Writes that took effect. */
  readonly writes: number;
}

/**
 * Lets exactly `maxWrites` durable writes take effect, then nothing more: the process model of a
 * crash between two steps. `Infinity` only counts.
 */
export function dyingStores(stores: DurableStores, maxWrites: number): DyingStores {
  let writes = 0;
  const died = () => new AppError('unavailable', 'The process died here');
  const read = <T>(action: () => T): T => {
    if (writes >= maxWrites) throw died();
    return action();
  };
  const write = async <T>(action: () => Promise<T>): Promise<T> => {
    if (writes >= maxWrites) throw died();
    const result = await action();
    writes++;
    if (writes >= maxWrites) throw died();
    return result;
  };
  const { store, index, deadLetters, secrets } = stores;
  const erasure = inSmallSteps(stores.erasure);
  return {
    get writes() {
      return writes;
    },
    epoch: () => read(() => stores.epoch()),
    close: () => stores.close(),
    deadLetters,
    secrets,
    store: {
      commit: (change) => write(() => store.commit(change)),
      loadHead: async (key) => read(() => store.loadHead(key)),
      readLog: async (key, query) => read(() => store.readLog(key, query)),
      readSeqs: async (key, seqs) => read(() => store.readSeqs(key, seqs)),
      readDue: async (key, query) => read(() => store.readDue(key, query)),
      readSummaries: async (key, query) => read(() => store.readSummaries(key, query)),
    },
    index: {
      listSessions: async (userId, page) => read(() => index.listSessions(userId, page)),
      shards: index.shards,
      listDue: async (kind, query) => read(() => index.listDue(kind, query)),
      countDue: async (kind, nowMs, shard) => read(() => index.countDue(kind, nowMs, shard)),
      totals: async () => read(() => index.totals()),
      listAll: async (page) => read(() => index.listAll(page)),
      readSweep: async () => read(() => index.readSweep()),
      writeSweep: (sweep) => write(() => index.writeSweep(sweep)),
    },
    erasure: {
      readTombstone: async (userId, nowMs) => read(() => erasure.readTombstone(userId, nowMs)),
      putTombstone: (tombstone) => write(() => erasure.putTombstone(tombstone)),
      eraseSession: (key, limit) => write(() => erasure.eraseSession(key, limit)),
      eraseTraces: (userId) => write(() => erasure.eraseTraces(userId)),
      scrub: async () => read(() => erasure.scrub()),
      readReceipt: async (id) => read(() => erasure.readReceipt(id)),
      putReceipt: (receipt) => write(() => erasure.putReceipt(receipt)),
    },
  };
}

const STEP_DOCUMENTS = 40;

/** An erasure whose steps are small, so that a small user takes several. */
export const inSmallSteps = (erasure: ErasureStore): ErasureStore => ({
  ...uncachedErasure(erasure),
  eraseSession: (key, limit) => erasure.eraseSession(key, Math.min(limit, STEP_DOCUMENTS)),
});
