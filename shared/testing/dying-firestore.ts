import type { Firestore } from '@google-cloud/firestore';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import type { Clock } from '../kernel/clock.ts';
import { type DyingStores, inSmallSteps } from './dying-stores.ts';
import { answerCalls, beforeStreams } from './wire-log.ts';

/**
 * Stores in Firestore whose process dies after the `maxWrites`-th commit that the server took. Counted
 * at the wire: one call of a port may be several commits, as the marking of a user's heads is.
 */
export function dyingFirestore(firestore: Firestore, clock: Clock, maxWrites: number): DyingStores {
  let writes = 0;
  // A status that the client does not try again.
  const died = () => Object.assign(new Error('The process died here'), { code: 7 });
  const assertAlive = async () => {
    if (writes >= maxWrites) throw died();
  };
  answerCalls(firestore, 'commit', async (send) => {
    await assertAlive();
    // Before it is sent: of several at once, no more than that take effect.
    writes++;
    const result = await send();
    await assertAlive();
    return result;
  });
  for (const method of ['batchGetDocuments', 'runQuery', 'runAggregationQuery']) {
    beforeStreams(firestore, method, assertAlive);
  }
  const stores = openFirestore({ firestore, clock });
  return {
    ...stores,
    erasure: inSmallSteps(stores.erasure),
    get writes() {
      return writes;
    },
  };
}
