import { describeSharedHeadCache } from '../../ports/shared-head-cache.contract.ts';
import { LruSharedHeadCache } from './shared-head-cache.ts';

let nowMs = 1_767_225_600_000;
const clock = { now: () => nowMs };

describeSharedHeadCache('LruSharedHeadCache', {
  create: async () => {
    const cache = new LruSharedHeadCache({ maxSizeBytes: 1_048_576, clock });
    return { cache, flush: async () => cache.clear() };
  },
  elapse: async (ms) => {
    nowMs += ms;
  },
});
