import { afterAll, it } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { describeDeadLetters } from '../../ports/dead-letters.contract.ts';
import { describeErasureStore } from '../../ports/erasure-store.contract.ts';
import { describeSecretStore } from '../../ports/secret-store.contract.ts';
import { describeSessionIndex } from '../../ports/session-index.contract.ts';
import { describeSessionStore } from '../../ports/session-store.contract.ts';
import { FirestoreHarness } from '../../testing/firestore-harness.ts';

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  const harness = new FirestoreHarness();
  afterAll(() => harness.dispose());
  describeSessionStore('FirestoreSessionStore', harness);
  describeSessionIndex('FirestoreSessionIndex', harness);
  describeErasureStore('FirestoreErasureStore', harness);
  describeSecretStore('FirestoreSecrets', {
    create: async () => (await harness.create()).secrets,
    peer: async () => (await harness.peer()).secrets,
    reopen: async () => (await harness.reopen()).secrets,
  });
  describeDeadLetters('FirestoreDeadLetters', {
    create: async () => (await harness.create()).deadLetters,
    reopen: async () => (await harness.reopen()).deadLetters,
    now: () => harness.now(),
    elapse: (ms) => harness.elapse(ms),
  });
} else {
  it('needs a Firestore emulator', () => reportMissing('the contracts on Firestore'));
}
