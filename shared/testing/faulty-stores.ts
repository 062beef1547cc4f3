import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableStores } from '../components/embedded.ts';
import { AppError } from '../kernel/app-error.ts';

/** What a durable store over a network does to a share of its calls. */
export interface StoreFaults {
  /** From 0 to 1; half of them are slow, the others fail: before they take effect, or after it. */
  share: number;
  readonly slowMs: number;
}

/** A durable store some of whose calls are slow, fail, or take effect and lose their answer. */
export function faultyStores(stores: DurableStores, faults: StoreFaults): DurableStores {
  const { store } = stores;
  let calls = 0;
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    // Every hundredth call for a hundredth of them: the same share in every run.
    const isHit = faults.share > 0 && ++calls % Math.round(1 / faults.share) === 0;
    const kind = isHit ? Math.floor(calls * faults.share) % 4 : 0;
    if (isHit && kind < 2) await sleep(faults.slowMs);
    if (isHit && kind === 2) throw new AppError('unavailable', 'The store failed');
    const result = await work();
    if (isHit && kind === 3) throw new AppError('unavailable', 'The answer was lost');
    return result;
  };
  return {
    ...stores,
    epoch: () => stores.epoch(),
    close: () => stores.close(),
    store: {
      loadHead: (key, purpose) => call(() => store.loadHead(key, purpose)),
      commit: (change) => call(() => store.commit(change)),
      readLog: (key, query) => call(() => store.readLog(key, query)),
      readSeqs: (key, seqs) => call(() => store.readSeqs(key, seqs)),
      readDue: (key, query) => call(() => store.readDue(key, query)),
      readSummaries: (key, query) => call(() => store.readSummaries(key, query)),
    },
  };
}
