import { randomUUID } from 'node:crypto';
import { it } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { temporaryMemory } from '../testing/temporary-memory.ts';
import { describeMemoryModel } from './memory.model.contract.ts';

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  const open = () => {
    const databaseId = `model-${randomUUID()}`;
    return temporaryMemory({
      openStores: (clock) => openFirestore({ firestore: emulatedFirestore(databaseId), clock }),
    });
  };
  describeMemoryModel('Firestore', { runs: 50, timeoutMs: 300_000, open });
} else {
  it('needs a Firestore emulator', () => reportMissing('the model on Firestore'));
}
