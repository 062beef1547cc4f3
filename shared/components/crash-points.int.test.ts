import { randomUUID } from 'node:crypto';
import { it } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { describeCrashPoints } from './crash-points.contract.ts';

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describeCrashPoints('Firestore', async () => {
    const databaseId = `crash-${randomUUID()}`;
    return {
      open: (clock) => openFirestore({ firestore: emulatedFirestore(databaseId), clock }),
      dispose: async () => undefined,
    };
  });
} else {
  it('needs a Firestore emulator', () => reportMissing('the crash points on Firestore'));
}
