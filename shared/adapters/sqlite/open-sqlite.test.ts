import { afterAll } from 'vitest';
import { describeDeadLetters } from '../../ports/dead-letters.contract.ts';
import { describeErasureStore } from '../../ports/erasure-store.contract.ts';
import { describeSecretStore } from '../../ports/secret-store.contract.ts';
import { describeSessionIndex } from '../../ports/session-index.contract.ts';
import { describeSessionStore } from '../../ports/session-store.contract.ts';
import { SqliteHarness } from '../../testing/sqlite-harness.ts';

const harness = new SqliteHarness();
afterAll(() => harness.dispose());

describeSessionStore('SqliteSessionStore', harness);
describeSessionIndex('SqliteSessionIndex', harness);
describeErasureStore('SqliteErasureStore', harness);
describeSecretStore('SqliteSecrets', {
  create: async () => (await harness.create()).secrets,
  peer: async () => (await harness.peer()).secrets,
  reopen: async () => (await harness.reopen()).secrets,
});
describeDeadLetters('SqliteDeadLetters', {
  create: async () => (await harness.create()).deadLetters,
  reopen: async () => (await harness.reopen()).deadLetters,
  now: () => harness.now(),
  elapse: (ms) => harness.elapse(ms),
});
