import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { startRedis } from '../../../infra/tooling/redis-server.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import { cachedHead } from '../../ports/head-cache.contract.ts';
import { UnreliableRedis } from '../../testing/unreliable-redis.ts';
import { InProcessMeter } from '../in-process/meter.ts';
import { RedisAccessLog } from './access-log.ts';
import { RedisDeliveryLedger, type RedisLedgerCommands } from './delivery-ledger.ts';
import { RedisHeadCache } from './head-cache.ts';
import { describeHotTier } from './hot-tier.contract.ts';

// A server of our own: a contract flushes it.
const server = await startRedis();
if (server) describeWithServer(server.url);
else {
  it('could not run: no redis-server or valkey-server for the contracts of the hot tier', () => {
    reportMissing('Hot tier contracts on a real Redis: no redis-server or valkey-server on PATH');
  });
}
afterAll(() => server?.stop());

function describeWithServer(url: string): void {
  const redis = new Redis(url);
  afterAll(async () => {
    await redis.quit();
  });
  const clock = { now: () => Date.now() };
  const newPrefix = () => `test-${randomUUID()}`;
  const newLog = (prefix = newPrefix()) =>
    new RedisAccessLog(redis, { prefix, clock, meter: new InProcessMeter() });
  const newCache = (prefix = newPrefix()) =>
    new RedisHeadCache(redis, { prefix, ttlMs: 60_000, accessLog: newLog(prefix) });

  describeHotTier('one server', redis);

  describe('RedisHeadCache', () => {
    const session = { userId: 'u1', sessionId: 's1' };
    const key = sessionKeyOf(session);

    it('lets a head expire that nobody needs, and keeps all keys of a session on one node', async () => {
      const prefix = newPrefix();
      const cache = newCache(prefix);
      const answer = await cache.read({ key, maxAgeMs: 5_000 });
      if (answer.status !== 'unknown') throw new TypeError('nothing was put yet');
      await cache.put(cachedHead('s1', 5), { ageMs: 0, ticket: answer.ticket });
      const leftMs = await redis.pttl(`${prefix}:{${key}}:head`);
      expect(leftMs).toBeGreaterThan(55_000);
      expect(leftMs).toBeLessThanOrEqual(60_000);
    });

    it('works on after the server forgot its scripts', async () => {
      const cache = newCache();
      await cache.read({ key, maxAgeMs: 5_000 });
      await redis.script('FLUSH');
      expect(await cache.read({ key, maxAgeMs: 5_000 })).toMatchObject({ status: 'unknown' });
    });

    it('does not know a spoiled head, and mends it with the next put', async () => {
      const prefix = newPrefix();
      const cache = newCache(prefix);
      await redis.hset(`${prefix}:{${key}}:head`, { v: '5', c: String(Date.now()), h: '{"v' });
      expect(await cache.read({ key, maxAgeMs: 5_000 })).toMatchObject({ status: 'unknown' });
      await cache.put(cachedHead('s1', 5), { ageMs: 0 });
      expect(await cache.read({ key, maxAgeMs: 5_000 })).toMatchObject({ status: 'newer' });
    });
  });

  describe('RedisDeliveryLedger', () => {
    const LEASE_MS = 600_000;
    const becomes = (ledger: RedisDeliveryLedger, status: 'granted' | 'settled') =>
      vi.waitFor(
        async () => expect(await ledger.claim('d1', LEASE_MS)).toMatchObject({ status }),
        10_000,
      );

    it('holds no delivery for a claim that was given up, and granted when a hanging server went on', async () => {
      const hanging = await UnreliableRedis.open(startRedis);
      if (!hanging) throw new TypeError('There was a Redis a moment ago');
      const impatient = new Redis(hanging.url, { commandTimeout: 50 });
      onTestFinished(async () => {
        impatient.disconnect();
        await hanging.close();
      });
      const ledger = new RedisDeliveryLedger(impatient, { prefix: newPrefix() });
      await impatient.ping();
      await hanging.hang();
      await expect(ledger.claim('d1', LEASE_MS)).rejects.toMatchObject({ code: 'unavailable' });
      await hanging.recover();
      await becomes(ledger, 'granted');
    });

    it.each([
      ['settles', 'settled'],
      ['releases', 'granted'],
    ] as const)('%s a delivery later where the command was lost', async (step, status) => {
      let lost = 0;
      const losing: RedisLedgerCommands = {
        set: (...args) => redis.set(...args),
        get: (key) => redis.get(key),
        eval: (...args) => redis.eval(...args),
        // The connection is gone for three commands.
        evalsha: async (...args) => {
          if (lost++ < 3) throw new Error('Connection is closed');
          return redis.evalsha(...args);
        },
      };
      const ledger = new RedisDeliveryLedger(losing, { prefix: newPrefix() });
      const claim = await ledger.claim('d1', LEASE_MS);
      if (claim.status !== 'granted') throw new TypeError('Nobody else had it');
      const done =
        step === 'settles'
          ? ledger.settle('d1', claim.token, LEASE_MS)
          : ledger.release('d1', claim.token);
      await expect(done).rejects.toMatchObject({ code: 'unavailable' });
      expect(await ledger.claim('d1', LEASE_MS)).toEqual({ status: 'held' });
      await becomes(ledger, status);
    });
  });

  describe('RedisAccessLog', () => {
    const session = { userId: 'u\ud83d', sessionId: '{s}' };
    const key = sessionKeyOf(session);

    /** A session whose head is in Redis, as one has that is in use. */
    async function begin(prefix: string, one = session) {
      const cache = newCache(prefix);
      const answer = await cache.read({ key: sessionKeyOf(one), maxAgeMs: 5_000 });
      if (answer.status !== 'unknown') throw new TypeError('nothing was put yet');
      const head = { ...cachedHead('s1', 5), ...one, sessionKey: sessionKeyOf(one) };
      await cache.put(head, { ageMs: 0, ticket: answer.ticket });
    }

    /** A second and more passes between any two looks at it: counts have always waited enough. */
    function leapingClock() {
      let nowMs = 0;
      return {
        now: () => {
          nowMs += 1_001;
          return nowMs;
        },
      };
    }

    /** An instance's log, and its questions, with which counts travel. */
    function instance(prefix: string, clock = leapingClock()) {
      const meter = new InProcessMeter();
      const log = new RedisAccessLog(redis, { prefix, clock, meter });
      const cache = new RedisHeadCache(redis, { prefix, ttlMs: 60_000, accessLog: log });
      const ask = (one = key, knownVersion = 5) =>
        cache.read({ key: one, knownVersion, maxAgeMs: 60_000 });
      return { log, ask };
    }

    it('adds up what several instances counted, and shows each the sum that it heard of', async () => {
      const prefix = newPrefix();
      await begin(prefix);
      const [first, second] = [instance(prefix), instance(prefix)];
      first.log.record(session, key, [1, 2]);
      expect(await newLog(prefix).drain(10)).toEqual([]);
      await first.ask();
      second.log.record(session, key, [2]);
      await second.ask();
      expect(second.log.pending(key, 2)).toBe(2);
      expect(await newLog(prefix).drain(10)).toEqual([
        {
          ...session,
          sessionKey: key,
          counts: new Map([
            [1, 1],
            [2, 2],
          ]),
        },
      ]);
      expect(await second.log.drain(10)).toEqual([]);
      await second.ask(key, 4);
      expect(second.log.pending(key, 2)).toBe(0);
      second.log.record(session, key, [2]);
      await second.ask();
      const [again] = await newLog(prefix).drain(10);
      expect(again?.counts).toEqual(new Map([[2, 1]]));
    });

    it('shows what every instance has sent, together with what waits here, and takes none of it', async () => {
      const prefix = newPrefix();
      const [first, second] = [instance(prefix), instance(prefix)];
      const sessions = Array.from({ length: 30 }, (_, n) => ({ userId: 'u1', sessionId: `s${n}` }));
      for (const one of [session, ...sessions]) {
        await begin(prefix, one);
        first.log.record(one, sessionKeyOf(one), [1, 2]);
        await first.ask(sessionKeyOf(one));
      }
      second.log.record(session, key, [2]);
      const peek = async (log: RedisAccessLog) => {
        const seen: [string, string, Record<string, number>][] = [];
        for await (const { userId, sessionId, counts } of log.peek())
          seen.push([userId, sessionId, Object.fromEntries(counts)]);
        return seen.toSorted(([, a], [, b]) => (a < b ? -1 : 1));
      };
      const rest = sessions
        .map(({ userId, sessionId }) => [userId, sessionId, { 1: 1, 2: 1 }])
        .toSorted(([, a], [, b]) => (String(a) < String(b) ? -1 : 1));
      const { userId, sessionId } = session;
      for (const _ of ['first', 'second']) {
        expect(await peek(second.log)).toEqual([...rest, [userId, sessionId, { 1: 1, 2: 2 }]]);
        expect(await peek(newLog(prefix))).toEqual([...rest, [userId, sessionId, { 1: 1, 2: 1 }]]);
      }
      expect(await newLog(prefix).drain(100)).toHaveLength(31);
      expect(await peek(newLog(prefix))).toEqual([]);
    });

    it('hands each count to one of several instances that drain at once', async () => {
      const prefix = newPrefix();
      const one = instance(prefix);
      for (let index = 0; index < 40; index++) {
        const other = { userId: 'u1', sessionId: `s${index}` };
        await begin(prefix, other);
        one.log.record(other, sessionKeyOf(other), [1]);
        await one.ask(sessionKeyOf(other));
      }
      const drains = Array.from({ length: 8 }, () => newLog(prefix).drain(6));
      const drained = (await Promise.all(drains)).flat();
      expect(drained).toHaveLength(40);
      expect(new Set(drained.map(({ sessionId }) => sessionId)).size).toBe(40);
    });

    it('keeps counts until there is a head, and brings no erased session back with them', async () => {
      const prefix = newPrefix();
      const one = instance(prefix);
      one.log.record(session, key, [1]);
      await one.ask();
      expect(await redis.exists(`${prefix}:{${key}}:accesses`)).toBe(0);
      await begin(prefix);
      await one.ask();
      expect(await redis.hget(`${prefix}:{${key}}:accesses`, '1')).toBe('1');
      one.log.record(session, key, [1]);
      await newCache(prefix).drop(key);
      await one.ask();
      expect(await redis.exists(`${prefix}:{${key}}:accesses`)).toBe(0);
    });

    it('lets counts wait for a second, so that they travel together', async () => {
      const prefix = newPrefix();
      await begin(prefix);
      let nowMs = 0;
      const one = instance(prefix, { now: () => nowMs });
      one.log.record(session, key, [1]);
      nowMs = 999;
      await one.ask();
      one.log.record(session, key, [1]);
      expect(await redis.exists(`${prefix}:{${key}}:accesses`)).toBe(0);
      nowMs = 1_000;
      await one.ask();
      expect(await redis.hget(`${prefix}:{${key}}:accesses`, '1')).toBe('2');
    });

    it('sends what has waited for a second along with another session', async () => {
      const prefix = newPrefix();
      await begin(prefix);
      let nowMs = 0;
      const one = instance(prefix, { now: () => nowMs });
      one.log.record(session, key, [1]);
      const other = sessionKeyOf({ userId: 'u1', sessionId: 'other' });
      await one.ask(other);
      expect(await redis.exists(`${prefix}:{${key}}:accesses`)).toBe(0);
      nowMs = 1_001;
      await one.ask(other);
      expect(await redis.hget(`${prefix}:{${key}}:accesses`, '1')).toBe('1');
    });
  });
}
