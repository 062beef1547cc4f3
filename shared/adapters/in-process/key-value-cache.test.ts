import { describe, expect, it } from 'vitest';
import { describeKeyValueCache } from '../../ports/key-value-cache.contract.ts';
import { LruKeyValueCache } from './key-value-cache.ts';

let nowMs = 1_000;
const perf = { now: () => nowMs };

describeKeyValueCache('LruKeyValueCache', {
  create: async () => ({
    cache: new LruKeyValueCache({ maxSizeBytes: 1_048_576, perf }),
    neighbour: new LruKeyValueCache({ maxSizeBytes: 1_048_576, perf }),
  }),
  elapse: async (ms) => {
    nowMs += ms;
  },
});

describe('LruKeyValueCache', () => {
  it('evicts what was used longest ago once its bytes are used up', async () => {
    // A key of one byte and a text of 400 take 501 bytes.
    const cache = new LruKeyValueCache({ maxSizeBytes: 1_100 });
    const text = 'x'.repeat(400);
    await cache.set('a', text, 60_000);
    await cache.set('b', text, 60_000);
    await cache.get('a');
    await cache.set('c', text, 60_000);
    expect(await cache.get('b')).toBeUndefined();
    expect(await cache.get('a')).toBe(text);
    expect(await cache.stats()).toEqual({
      hits: 2,
      misses: 1,
      evictions: 1,
      keys: 2,
      usedMemoryBytes: 1_002,
      maxMemoryBytes: 1_100,
    });
  });
});
