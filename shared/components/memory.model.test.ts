import { temporaryMemory } from '../testing/temporary-memory.ts';
import { openUnsynced } from '../testing/unsynced-sqlite.ts';
import { describeMemoryModel } from './memory.model.contract.ts';

/** A process that makes 500 runs needs more than 4 GB of heap, for a reason not found yet. */
const RUNS = 100;

describeMemoryModel('SQLite', {
  runs: RUNS,
  timeoutMs: 1_200_000,
  open: () => temporaryMemory({ openStores: openUnsynced }),
});
