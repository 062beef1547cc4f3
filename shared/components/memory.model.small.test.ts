import { temporaryMemory } from '../testing/temporary-memory.ts';
import { openUnsynced } from '../testing/unsynced-sqlite.ts';
import { describeMemoryModel, SMALL_LIMITS } from './memory.model.contract.ts';

describeMemoryModel('SQLite with small limits', {
  runs: 500,
  timeoutMs: 1_200_000,
  open: () => temporaryMemory({ options: SMALL_LIMITS, openStores: openUnsynced }),
});
