import { describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../../domain/ids.ts';
import { describeAccessLog } from '../../ports/access-log.contract.ts';
import { counted } from '../../testing/counted.ts';
import { InProcessAccessLog } from './access-log.ts';
import { InProcessMeter } from './meter.ts';

describeAccessLog('InProcessAccessLog', {
  create: async () => new InProcessAccessLog({ meter: new InProcessMeter() }),
});

describe('InProcessAccessLog', () => {
  const keyOf = (sessionId: string) => sessionKeyOf({ userId: 'u1', sessionId });

  it('gives up the oldest session when it is full, and counts the accesses lost', () => {
    const meter = new InProcessMeter();
    const log = new InProcessAccessLog({ meter, maxPendingItems: 4 });
    const record = (sessionId: string, seqs: readonly number[]) =>
      log.record({ userId: 'u1', sessionId }, keyOf(sessionId), seqs);
    record('s1', [1, 2, 2]);
    record('s2', [1, 2]);
    record('s1', [1]); // the same items: still four
    expect(log.pending(keyOf('s1'), 2)).toBe(2);
    record('s3', [1]);
    expect(log.pending(keyOf('s1'), 2)).toBe(0);
    expect(log.pending(keyOf('s2'), 2)).toBe(1);
    expect(log.pending(keyOf('s3'), 1)).toBe(1);
    expect(counted(meter)).toEqual({ accesses_dropped: 4 });
  });

  it('has room again after a drain', () => {
    const meter = new InProcessMeter();
    const log = new InProcessAccessLog({ meter, maxPendingItems: 2 });
    for (const sessionId of ['s1', 's2', 's3']) {
      log.record({ userId: 'u1', sessionId }, keyOf(sessionId), [1, 2]);
      expect(log.drain(10)).toHaveLength(1);
    }
    expect(meter.series()).toEqual([]);
  });
});
