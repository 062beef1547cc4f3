import { randomUUID } from 'node:crypto';
import { it } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { dyingFirestore } from '../testing/dying-firestore.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { describeCrashPoints } from './crash-points.contract.ts';

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describeCrashPoints('Firestore', async () => {
    const databaseId = `crash-${randomUUID()}`;
    return {
      open: (clock, maxWrites) => dyingFirestore(emulatedFirestore(databaseId), clock, maxWrites),
      async count(kinds) {
        const firestore = emulatedFirestore(databaseId);
        const counted = kinds.map((kind) => firestore.collectionGroup(kind).count().get());
        const counts = (await Promise.all(counted)).map((one) => one.data().count);
        await firestore.terminate();
        return counts;
      },
      dispose: async () => undefined,
    };
  });
} else {
  it('needs a Firestore emulator', () => reportMissing('the crash points on Firestore'));
}
