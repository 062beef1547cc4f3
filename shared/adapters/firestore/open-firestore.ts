import type { Firestore } from '@google-cloud/firestore';
import { type Clock, SECOND_MS } from '../../kernel/clock.ts';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { Meter } from '../../ports/meter.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import type { SessionIndex } from '../../ports/session-index.ts';
import type { SessionStore } from '../../ports/session-store.ts';
import { countOperations } from './count-operations.ts';
import { FirestoreDeadLetters } from './dead-letters.ts';
import { FirestoreErasureStore } from './erasure-store.ts';
import { attemptWithin } from './firestore-error.ts';
import { KnownHeads } from './known-heads.ts';
import { Layout } from './layout.ts';
import { FirestoreSecrets } from './secrets.ts';
import { FirestoreSessionIndex } from './session-index.ts';
import { FirestoreSessionStore } from './session-store.ts';
import { REQUEST_MAX_BYTES } from './sized-writes.ts';
import { hearTries } from './snapshot.ts';

export interface FirestoreOptions {
  /** A ready client; it is the stores' own, and closed with them. */
  readonly firestore: Firestore;
  readonly clock: Clock;
  /** How long one operation may take before it is `unavailable`; default 10 s. */
  readonly timeoutMs?: number;
  /** Counts what Firestore bills. */
  readonly meter?: Meter;
  /** What one request takes; default: Firestore's own limit. */
  readonly maxRequestBytes?: number;
}

/** The durable ports over one Firestore database. */
export interface FirestoreStores {
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly erasure: ErasureStore;
  readonly deadLetters: DeadLetters;
  readonly secrets: SecretStore;
  /**
   * Another value with every call: other instances commit at any moment and Firestore does not say
   * so. A process must not answer from heads that it alone has cached.
   */
  epoch(): number;
  /** Closing again is not an error; anything else afterwards is `unavailable`. */
  close(): void;
}

const TIMEOUT_MS = 10 * SECOND_MS;

/** The durable store in Firestore. Nothing is sent before the first call. */
export function openFirestore({
  firestore: db,
  clock,
  timeoutMs = TIMEOUT_MS,
  meter,
  maxRequestBytes = REQUEST_MAX_BYTES,
}: FirestoreOptions): FirestoreStores {
  hearTries(db);
  if (meter) countOperations(db, meter);
  const layout = new Layout(db);
  const known = new KnownHeads();
  const attempt = attemptWithin(timeoutMs);
  const deadLetters = new FirestoreDeadLetters({ db, layout, attempt, clock, maxRequestBytes });
  let epoch = 0;
  return {
    store: new FirestoreSessionStore({ db, layout, known, clock, attempt, maxRequestBytes }),
    index: new FirestoreSessionIndex(db, layout, attempt),
    erasure: new FirestoreErasureStore({ db, layout, known, attempt, deadLetters, clock }),
    deadLetters,
    secrets: new FirestoreSecrets(layout, attempt),
    epoch: () => ++epoch,
    close() {
      db.terminate().catch(() => {
        // Calls that are still under way fail by themselves; there is nobody to be told here.
      });
    },
  };
}
