import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { SessionStore } from '../../ports/session-store.ts';

/** What a cache of heads has no part in. */
export const uncachedReads = (
  store: SessionStore,
): Pick<SessionStore, 'readLog' | 'readSeqs' | 'readDue' | 'readSummaries'> => ({
  readLog: (key, query) => store.readLog(key, query),
  readSeqs: (key, seqs) => store.readSeqs(key, seqs),
  readDue: (key, query) => store.readDue(key, query),
  readSummaries: (key, query) => store.readSummaries(key, query),
});

export const uncachedErasure = (erasure: ErasureStore): Omit<ErasureStore, 'eraseSession'> => ({
  readTombstone: (userId, nowMs) => erasure.readTombstone(userId, nowMs),
  putTombstone: (tombstone) => erasure.putTombstone(tombstone),
  eraseTraces: (userId) => erasure.eraseTraces(userId),
  scrub: () => erasure.scrub(),
  readReceipt: (receiptId) => erasure.readReceipt(receiptId),
  putReceipt: (receipt) => erasure.putReceipt(receipt),
});
