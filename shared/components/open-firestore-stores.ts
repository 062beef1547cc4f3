import type { FirestorePlace } from '../adapters/firestore/connect.ts';
import { SHARDS } from '../adapters/firestore/shards.ts';
import type { Clock } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import type { Meter } from '../ports/meter.ts';
import { deferredStores } from './deferred-stores.ts';
import type { DurableStores } from './embedded.ts';

interface Needs {
  readonly clock: Clock;
  /** Counts what Firestore bills. */
  readonly meter: Meter;
}

/** A Firestore database as the durable store. Nothing of it is loaded before the first call. */
export const openFirestoreStores = (place: FirestorePlace, needs: Needs): DurableStores =>
  deferredStores(() => open(place, needs), { shards: SHARDS.length });

/** Two databases may share a Redis: their keys must not meet. */
export const redisPrefixOf = ({ projectId, databaseId }: FirestorePlace): string =>
  ['strata', projectId, databaseId].filter((part) => part !== undefined).join('-');

/** The SDK is loaded here: who runs on SQLite, or finds everything in Redis, does not pay for it. */
async function open(place: FirestorePlace, { clock, meter }: Needs): Promise<DurableStores> {
  const [{ connectFirestore, isEmulated }, { openFirestore }, limits] = await Promise.all([
    import('../adapters/firestore/connect.ts'),
    import('../adapters/firestore/open-firestore.ts'),
    import('../adapters/firestore/sized-writes.ts'),
  ]);
  const maxRequestBytes = isEmulated() ? limits.EMULATOR_REQUEST_MAX_BYTES : undefined;
  const firestore = await connectFirestore(place);
  return openFirestore({ firestore, clock, meter, ...dropAbsent({ maxRequestBytes }) });
}
