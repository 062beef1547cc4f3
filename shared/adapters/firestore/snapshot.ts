import type { Firestore, Transaction } from '@google-cloud/firestore';

/** Fields of the client (9.4) that are not in its types. */
interface TransactionInside {
  readonly _transactionIdPromise?: Promise<unknown>;
}
interface FirestoreInside {
  readonly _clientPool?: { run(...given: unknown[]): Promise<unknown> };
}

/** Runs reads that see one moment of the database. */
export function inSnapshot<T>(
  db: Firestore,
  read: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return db.runTransaction(
    async (transaction) => {
      try {
        return await read(transaction);
      } finally {
        // Where the first read of a read-only transaction fails, the client leaves a second promise
        // rejected that nobody listens to, and Node ends the process for that.
        const { _transactionIdPromise } = transaction as unknown as TransactionInside;
        _transactionIdPromise?.catch(ignored);
      }
    },
    { readOnly: true },
  );
}

/**
 * Stops a client that is closed while it tries to read again from ending the process: it drops the
 * promise of each try. The read itself stays without an answer, and its own time runs out.
 */
export function hearTries(db: Firestore): void {
  const pool = (db as unknown as FirestoreInside)._clientPool;
  if (!pool) return;
  const { run } = pool;
  pool.run = (...given) => {
    const result = run.apply(pool, given);
    result.catch(ignored);
    return result;
  };
}

/** Whoever asked has the same failure from a promise of their own. */
const ignored = (): void => undefined;
