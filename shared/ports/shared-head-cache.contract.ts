import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionHead } from '../domain/head.ts';
import { headJson } from '../domain/head-json.ts';
import { type SessionKey, sessionKeyOf } from '../domain/ids.ts';
import { cachedHead } from './head-cache.contract.ts';
import type { HeadAnswer, HeadProof, SharedHeadCache } from './shared-head-cache.ts';

export interface SharedHeadCacheHarness {
  /** An empty cache with room for at least ten small heads; `flush` loses all of it. */
  create(): Promise<{ readonly cache: SharedHeadCache; readonly flush: () => Promise<void> }>;
  /** Lets `ms` milliseconds pass for the cache: turns a manual clock, or really waits. */
  elapse(ms: number): Promise<void>;
}

/** What every `SharedHeadCache` must do. Each adapter's test file calls this once. */
export function describeSharedHeadCache(name: string, harness: SharedHeadCacheHarness): void {
  describe(`${name} keeps the SharedHeadCache contract`, () => {
    let cache: SharedHeadCache;
    let flush: () => Promise<void>;
    beforeEach(async () => {
      ({ cache, flush } = await harness.create());
    });

    const keyOf = (sessionId: string): SessionKey => sessionKeyOf({ userId: 'u1', sessionId });
    const read = (sessionId: string, knownVersion?: number, maxAgeMs = 60_000) =>
      cache.read({
        key: keyOf(sessionId),
        maxAgeMs,
        ...(knownVersion === undefined ? {} : { knownVersion }),
      });
    const ticketFor = async (sessionId: string): Promise<string> => ticketOf(await read(sessionId));
    const ticketOf = (answer: HeadAnswer): string => {
      if (answer.status !== 'unknown') throw new TypeError(`expected unknown: ${answer.status}`);
      return answer.ticket;
    };
    const put = (sessionId: string, version: number, proof: Partial<HeadProof> = {}) =>
      cache.put(cachedHead(sessionId, version), { ageMs: 0, ...proof });
    const fill = async (sessionId: string, version: number) =>
      put(sessionId, version, { ticket: await ticketFor(sessionId) });
    const versionOf = async (sessionId: string): Promise<number | undefined> => {
      const answer = await read(sessionId);
      return answer.status === 'newer' ? answer.head.version : undefined;
    };

    it.each([
      ['as it is', () => ({})],
      ['with its JSON', (head: SessionHead) => ({ json: Buffer.from(headJson(head)) })],
    ])(
      'gives back the whole head that was put %s, and nothing for another session',
      async (_how, more) => {
        const head = cachedHead('s1', 7, 'Grüße, 世界 \ud83d');
        await cache.put(head, { ageMs: 0, ticket: await ticketFor('s1'), ...more(head) });
        expect(await read('s1')).toEqual({ status: 'newer', head });
        expect(await read('s2')).toMatchObject({ status: 'unknown', isHeld: false });
      },
    );

    it('tells versions apart that differ by one, as large as they get', async () => {
      const version = 1_767_225_600_000 * 1_024;
      await fill('s1', version);
      expect(await read('s1', version)).toEqual({ status: 'unchanged' });
      expect(await read('s1', version - 1)).toMatchObject({ status: 'newer', head: { version } });
    });

    it('gives nothing back to who has the newest version, and leaves who has more to the store', async () => {
      await fill('s1', 5);
      expect(await read('s1', 5)).toEqual({ status: 'unchanged' });
      expect(await read('s1', 4)).toMatchObject({ status: 'newer', head: { version: 5 } });
      expect(await read('s1', 6)).toMatchObject({ status: 'unknown' });
    });

    it('replaces an older version and never a newer one', async () => {
      await fill('s1', 5);
      await put('s1', 6);
      expect(await versionOf('s1')).toBe(6);
      await put('s1', 5);
      expect(await versionOf('s1')).toBe(6);
    });

    it('ends with the newest version whatever the order of simultaneous puts', async () => {
      await fill('s1', 1);
      await Promise.all([4, 9, 2, 7, 3, 8].map((version) => put('s1', version)));
      expect(await versionOf('s1')).toBe(9);
    });

    it('keeps a head where there was none only with a ticket', async () => {
      await put('s1', 5);
      await put('s1', 5, { ticket: 'made-up' });
      expect(await versionOf('s1')).toBeUndefined();
      await fill('s1', 5);
      expect(await versionOf('s1')).toBe(5);
    });

    it('gives the same ticket until something happens to the session, and another one then', async () => {
      const ticket = await ticketFor('s1');
      expect(ticket).not.toBe('');
      expect(await ticketFor('s1')).toBe(ticket);
      await cache.outdate(keyOf('s1'), 1);
      expect(await ticketFor('s1')).not.toBe(ticket);
      await cache.drop(keyOf('s1'));
      expect(await ticketFor('s1')).toBe('');
    });

    it('lets simultaneous readers of a missing head fill it', async () => {
      const tickets = await Promise.all([1, 2, 3].map(() => ticketFor('s1')));
      await Promise.all(tickets.map((ticket) => put('s1', 5, { ticket })));
      expect(await versionOf('s1')).toBe(5);
    });

    it('ends a ticket with a commit that came after it, although that head was not kept', async () => {
      const ticket = await ticketFor('s1');
      await put('s1', 6);
      await put('s1', 5, { ticket });
      expect(await versionOf('s1')).toBeUndefined();
    });

    it('ends a ticket when everything is lost', async () => {
      const ticket = await ticketFor('s1');
      await flush();
      await put('s1', 5, { ticket });
      expect(await versionOf('s1')).toBeUndefined();
      await fill('s1', 6);
      expect(await versionOf('s1')).toBe(6);
    });

    it('does not know a head that nobody confirmed for longer than the asker allows', async () => {
      await fill('s1', 5);
      await harness.elapse(60);
      expect(await read('s1', undefined, 50)).toMatchObject({ status: 'unknown', isHeld: true });
      expect(await read('s1', 5, 50)).toMatchObject({ status: 'unknown' });
      expect(await read('s1', 5, 60_000)).toEqual({ status: 'unchanged' });
    });

    it('knows nothing for who believes nothing', async () => {
      await fill('s1', 5);
      expect(await read('s1', 5, -1)).toMatchObject({ status: 'unknown', isHeld: true });
    });

    it('counts the age from when the head was read, not from when it was put', async () => {
      await put('s1', 5, { ticket: await ticketFor('s1'), ageMs: 1_000 });
      expect(await read('s1', undefined, 900)).toMatchObject({ status: 'unknown' });
      expect(await read('s1', undefined, 60_000)).toMatchObject({ status: 'newer' });
    });

    it('takes the same version again for a confirmation, and an older confirmation for none', async () => {
      await put('s1', 5, { ticket: await ticketFor('s1'), ageMs: 1_000 });
      await put('s1', 5, { ageMs: 100 });
      await put('s1', 5, { ageMs: 2_000 });
      expect(await read('s1', 5, 900)).toEqual({ status: 'unchanged' });
    });

    it('forgets what is outdated, with its tickets, and nothing newer', async () => {
      const ticket = await ticketFor('s1');
      await fill('s2', 5);
      await cache.outdate(keyOf('s1'), 6);
      await cache.outdate(keyOf('s2'), 5);
      await put('s1', 5, { ticket });
      expect(await versionOf('s1')).toBeUndefined();
      expect(await versionOf('s2')).toBe(5);
      await cache.outdate(keyOf('s2'), 6);
      expect(await versionOf('s2')).toBeUndefined();
    });

    it('drops a session and no other, and says how many entries that were', async () => {
      await fill('s1', 5);
      await fill('s2', 5);
      expect(await cache.drop(keyOf('s1'))).toBe(1);
      expect(await cache.drop(keyOf('s1'))).toBe(0);
      expect(await versionOf('s1')).toBeUndefined();
      expect(await versionOf('s2')).toBe(5);
    });

    it('keeps nothing of a session for a while after a drop, whoever puts it', async () => {
      const ticket = await ticketFor('s1');
      await cache.drop(keyOf('s1'));
      await put('s1', 5, { ticket });
      await put('s1', 5, { ticket: await ticketFor('s1') });
      await cache.outdate(keyOf('s1'), 9);
      await put('s1', 6, { ticket: await ticketFor('s1') });
      expect(await versionOf('s1')).toBeUndefined();
    });

    it('counts its keys and the memory that it uses', async () => {
      await fill('s1', 1);
      await fill('s2', 1);
      const stats = await cache.stats();
      expect(stats.keys).toBeGreaterThanOrEqual(2);
      expect(stats.usedMemoryBytes).toBeGreaterThan(0);
    });
  });
}
