import { temporaryMemory } from '../testing/temporary-memory.ts';
import { openUnsynced } from '../testing/unsynced-sqlite.ts';
import { describeMemoryModel } from './memory.model.contract.ts';

describeMemoryModel('SQLite', {
  runs: 500,
  timeoutMs: 1_200_000,
  open: () => temporaryMemory({ openStores: openUnsynced }),
});
