import { temporaryMemory } from '../testing/temporary-memory.ts';
import { openUnsynced } from '../testing/unsynced-sqlite.ts';
import { describeMemoryModel, EMBEDDED_RUNS } from './memory.model.contract.ts';

describeMemoryModel('SQLite', {
  runs: EMBEDDED_RUNS,
  timeoutMs: 1_200_000,
  open: () => temporaryMemory({ openStores: openUnsynced }),
});
