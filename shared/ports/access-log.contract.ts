import { beforeEach, describe, expect, it } from 'vitest';
import { type SessionKey, sessionKeyOf } from '../domain/ids.ts';
import type { AccessLog } from './access-log.ts';

export interface AccessLogHarness {
  /** A log without counts. */
  create(): Promise<AccessLog>;
}

/** What every `AccessLog` must do. Each adapter's test file calls this once. */
export function describeAccessLog(name: string, harness: AccessLogHarness): void {
  describe(`${name} keeps the AccessLog contract`, () => {
    let log: AccessLog;
    beforeEach(async () => {
      log = await harness.create();
    });

    const keyOf = (sessionId: string): SessionKey => sessionKeyOf({ userId: 'u1', sessionId });
    const record = (sessionId: string, ...seqs: readonly number[]) =>
      log.record({ userId: 'u1', sessionId }, keyOf(sessionId), seqs);
    const drained = async (limit: number) =>
      (await log.drain(limit)).map(({ sessionId, counts }) => ({
        sessionId,
        counts: [...counts].sort(([a], [b]) => a - b),
      }));

    it('counts every time that an item was handed out', () => {
      record('s1', 1, 2);
      record('s1', 2);
      record('s2', 2);
      expect(log.pending(keyOf('s1'), 1)).toBe(1);
      expect(log.pending(keyOf('s1'), 2)).toBe(2);
      expect(log.pending(keyOf('s1'), 3)).toBe(0);
      expect(log.pending(keyOf('s2'), 2)).toBe(1);
    });

    it('hands each count out once, with the session that it belongs to', async () => {
      record('s1', 1, 2);
      record('s1', 2);
      expect(await log.drain(10)).toEqual([
        {
          userId: 'u1',
          sessionId: 's1',
          sessionKey: keyOf('s1'),
          counts: new Map([
            [1, 1],
            [2, 2],
          ]),
        },
      ]);
      expect(await log.drain(10)).toEqual([]);
      expect(log.pending(keyOf('s1'), 2)).toBe(0);
    });

    it('drains no more sessions than asked for and keeps the rest', async () => {
      record('s1', 1);
      record('s2', 1);
      record('s3', 1);
      const first = await drained(2);
      const rest = await drained(2);
      expect(first).toHaveLength(2);
      expect(rest).toHaveLength(1);
      const sessions = [...first, ...rest].map(({ sessionId }) => sessionId);
      expect(sessions.sort()).toEqual(['s1', 's2', 's3']);
    });

    it('counts from nothing again what is read after a drain', async () => {
      record('s1', 1, 1, 1);
      await log.drain(10);
      record('s1', 1);
      expect(await drained(10)).toEqual([{ sessionId: 's1', counts: [[1, 1]] }]);
    });

    it('does not change what it has drained when the session is read again', async () => {
      record('s1', 1);
      const [session] = await log.drain(10);
      record('s1', 1, 2);
      expect(session?.counts).toEqual(new Map([[1, 1]]));
    });

    it('shows every session once with all of its counts, and takes none of them', async () => {
      record('s1', 1, 2);
      record('s1', 2);
      record('s2', 7);
      for (const _ of ['first', 'second']) {
        const seen = new Map<string, unknown>();
        for await (const { userId, sessionId, sessionKey, counts } of log.peek()) {
          expect({ userId, sessionKey }).toEqual({ userId: 'u1', sessionKey: keyOf(sessionId) });
          expect(seen.has(sessionId)).toBe(false);
          seen.set(sessionId, Object.fromEntries(counts));
        }
        expect(Object.fromEntries(seen)).toEqual({ s1: { 1: 1, 2: 2 }, s2: { 7: 1 } });
      }
      expect(log.pending(keyOf('s1'), 2)).toBe(2);
    });

    it('forgets a dropped session and no other', async () => {
      record('s1', 1);
      record('s2', 1);
      log.drop(keyOf('s1'));
      expect(log.pending(keyOf('s1'), 1)).toBe(0);
      expect(await drained(10)).toEqual([{ sessionId: 's2', counts: [[1, 1]] }]);
    });

    it('has nothing to drain when no item was handed out', async () => {
      record('s1');
      expect(await log.drain(10)).toEqual([]);
    });
  });
}
