import { temporaryMemory } from '../testing/temporary-memory.ts';
import { describeMemoryModel } from './memory.model.contract.ts';

describeMemoryModel('SQLite', { runs: 60, timeoutMs: 120_000, open: () => temporaryMemory() });
