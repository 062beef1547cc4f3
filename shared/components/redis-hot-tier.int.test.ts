import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { startRedis } from '../../infra/tooling/redis-server.ts';
import { DAY_MS, systemClock } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { type HotWorld, hotWorld } from '../testing/hot-world.ts';
import type { Embedded } from './embedded.ts';
import { TieredStorageManager } from './tiered-storage-manager.ts';

const probe = await startRedis();
await probe?.stop();
if (probe) describeWithServers();
else {
  it('could not run: no redis-server or valkey-server for the tests of the hot tier', () => {
    reportMissing('Hot tier on a real Redis: no redis-server or valkey-server on PATH');
  });
}

const SESSION = { userId: 'u1', sessionId: 's1' };
/** A busy machine must not make a command time out that is counted: that would cost another. */
const PATIENT = { redisTimeoutMs: 5_000 };

/** On SQLite. No summary is asked for, so that what is counted is the calls of a test alone. */
async function newWorld(args: readonly string[] = []): Promise<HotWorld> {
  const world = await hotWorld({ start: (where) => startRedis({ ...where, args }) });
  return {
    ...world,
    instance: (options, address) =>
      world.instance({ summarizationThreshold: 100_000, ...options }, address),
  };
}

async function append({ memory }: Embedded, content: string, session = SESSION): Promise<number> {
  const items = [{ content, contentType: 'user_message' }];
  const command = { ...session, items, startedAtMs: Date.now(), isEvent: false };
  return (await memory.append(command)).session.lastSeq;
}

/** The newest items; no more than the head's window holds, so that it alone answers. */
async function contextOf({ memory }: Embedded, session = SESSION): Promise<string[]> {
  const query = { ...session, format: 'raw' as const, explain: false, tokenBudget: 1_000_000 };
  const { items } = await memory.context({ ...query, maxItems: 40 });
  return items.map(({ content }) => content);
}

function describeWithServers(): void {
  describe('the hot tier on a real Redis, counted at the wire', () => {
    it('answers a hot context with one round trip and no durable read', async () => {
      const world = await newWorld();
      const [first, second] = [await world.instance(PATIENT), await world.instance(PATIENT)];
      await append(first, 'hello');
      // A connection's first script is sent twice.
      await contextOf(first);
      await contextOf(second);
      expect(await first.costOf(() => contextOf(first))).toEqual({ roundTrips: 1, reads: 0 });
      expect(await second.costOf(() => contextOf(second))).toEqual({ roundTrips: 1, reads: 0 });
    });

    it('answers a context that Redis does not have with one durable read', async () => {
      const world = await newWorld();
      const one = await world.instance(PATIENT);
      await append(one, 'hello');
      await world.redis.control.flushall();
      expect(await one.costOf(() => contextOf(one))).toEqual({ roundTrips: 2, reads: 1 });
      expect(await one.costOf(() => contextOf(one))).toEqual({ roundTrips: 1, reads: 0 });
    });

    it('appends to a known session with one round trip and no durable read', async () => {
      const world = await newWorld();
      const one = await world.instance(PATIENT);
      await append(one, 'hello');
      expect(await one.costOf(() => append(one, 'again'))).toEqual({ roundTrips: 1, reads: 0 });
    });

    it('keeps only its prefix in Redis, with a time to live', async () => {
      const world = await newWorld();
      const one = await world.instance({ defaultTtl: 60 }, { redisPrefix: 'p' });
      await append(one, 'hello');
      await contextOf(one);
      await sleep(1_010);
      await contextOf(one);
      const keys = await world.redis.control.keys('*');
      expect(keys.map((key) => key.replace(/\{.*\}/, '{…}')).sort()).toEqual([
        'p:dirty',
        'p:{…}:accesses',
        'p:{…}:head',
      ]);
      const head = keys.find((key) => key.endsWith(':head')) ?? '';
      expect(await world.redis.control.ttl(head)).toBeLessThanOrEqual(60);
    });

    it('counts accesses of all instances, whichever of them writes them down', async () => {
      const world = await newWorld();
      const [first, second] = [await world.instance(PATIENT), await world.instance(PATIENT)];
      await append(first, 'hello');
      await contextOf(first);
      await contextOf(second);
      await contextOf(first);
      await contextOf(second);
      // They wait for a second, and for their instance's next question.
      await sleep(1_010);
      await first.memory.coverage(SESSION);
      await second.memory.coverage(SESSION);
      await first.memory.flushAccesses();
      await second.memory.coverage(SESSION);
      const [item] = (await second.memory.history({ ...SESSION, limit: 1, order: 'asc' })).items;
      expect(item?.accessCount).toBeGreaterThan(4.99);
      expect(item?.accessCount).toBeLessThan(5.01);
    });
  });

  it('shows a migration of another instance at once what was read often lately', async () => {
    const world = await newWorld();
    const [reader, migrator] = [await world.instance(PATIENT), await world.instance(PATIENT)];
    const createdAtMs = Date.now() - 40 * DAY_MS;
    const items = [{ content: 'old', contentType: 'user_message', createdAtMs }];
    const command = { ...SESSION, items, startedAtMs: Date.now(), isEvent: false };
    const [item] = (await migrator.memory.append(command)).items;
    for (const _ of [1, 2]) await reader.memory.readItem(item?.id ?? '');
    const deadline = deadlineAfter(60_000, systemClock);
    const report = await migrator.memory.migrateTiers({ dryRun: false, deadline });
    expect(report).toMatchObject({ hotToWarm: 1, warmToCold: 0 });
    expect((await reader.memory.coverage(SESSION)).ranges).toMatchObject([{ tier: 'warm' }]);
  });

  describe('two instances on one Redis and one store', () => {
    it('lets 32 writers append at once, in one order without gaps', async () => {
      const world = await newWorld();
      const instances = [await world.instance(), await world.instance()] as const;
      const writers = Array.from({ length: 32 }, async (_, writer) => {
        for (let turn = 0; turn < 4; turn++) {
          const [own, other] = writer % 2 === 0 ? instances : [instances[1], instances[0]];
          const seq = await append(own, `${writer}/${turn}`);
          const { lastSeq } = await other.memory.coverage(SESSION);
          expect(lastSeq).toBeGreaterThanOrEqual(seq);
        }
      });
      await Promise.all(writers);
      for (const { memory } of instances) {
        const { items } = await memory.history({ ...SESSION, limit: 500, order: 'asc' });
        expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 128 }, (_, i) => i + 1));
        expect(new Set(items.map(({ content }) => content)).size).toBe(128);
        const { lastSeq, gaps } = await memory.coverage(SESSION);
        expect({ lastSeq, gaps }).toEqual({ lastSeq: 128, gaps: [] });
      }
    });

    it('shows every acknowledged append to each read that starts after it', async () => {
      const world = await newWorld();
      const instances = [await world.instance(), await world.instance()] as const;
      for (let turn = 0; turn < 200; turn++) {
        const [writer, reader] = turn % 3 === 0 ? instances : [instances[1], instances[0]];
        await append(writer, `turn ${turn}`);
        expect((await contextOf(reader)).at(-1)).toBe(`turn ${turn}`);
      }
    });

    it('erases a user from Redis and from both instances, and says of how many copies', async () => {
      const world = await newWorld();
      const [first, second] = [await world.instance(), await world.instance()];
      await append(first, 'a secret');
      await contextOf(second);
      await contextOf(second);
      const deadline = deadlineAfter(60_000, systemClock);
      const receipt = await first.memory.eraseUser('u1', deadline);
      expect(receipt).toMatchObject({ status: 'erased', verifiedEmpty: true, cacheKeys: 2 });
      expect(await contextOf(second)).toEqual([]);
      const keys = await world.redis.control.keys('*');
      expect(keys.filter((key) => /head|accesses/.test(key))).toEqual([]);
    });
  });

  describe('TieredStorageManager with redisHost', () => {
    it('shares what it reads with another process on the same data', async () => {
      const world = await newWorld();
      const dataDir = await mkdtemp(join(tmpdir(), 'strata-hot-'));
      const place = { redisHost: '127.0.0.1', redisPort: world.redis.port, dataDir };
      const managers = [new TieredStorageManager(place), new TieredStorageManager(place)] as const;
      onTestFinished(async () => {
        for (const manager of managers) await manager.close();
        await rm(dataDir, { recursive: true, force: true });
      });
      const [first, second] = managers;
      for (const manager of managers) await manager.initialize();
      const id = await first.addMemoryItem({
        ...SESSION,
        content: 'hello',
        contentType: 'user_message',
      });
      expect(await second.getMemoryItem(id)).toMatchObject({ content: 'hello', tier: 'hot' });
      const [key = ''] = await world.redis.control.keys('strata-*:head');
      expect(await world.redis.control.hget(key, 'h')).toContain('hello');
      await first.deleteMemoryItem(id);
      expect(await second.getMemoryItem(id)).toBeUndefined();
      expect(await world.redis.control.hget(key, 'h')).not.toContain('hello');
    });
  });

  describe('a Redis that cannot be relied on', () => {
    it('starts without it, says so, and uses it when it is there', async () => {
      const world = await newWorld();
      await world.redis.kill();
      const one = await world.instance();
      await append(one, 'hello');
      expect(await contextOf(one)).toEqual(['hello']);
      expect(await one.health()).toEqual({
        status: 'degraded',
        stores: { durable: 'ok', hot: 'down' },
      });
      await world.redis.recover();
      expect(await one.health()).toMatchObject({ status: 'ok' });
    });

    it('shows an append of an instance that is cut off from it within hotStaleMaxMs', async () => {
      const world = await newWorld();
      const options = { hotStaleMaxMs: 300 };
      const [cutOff, other] = [await world.instance(options), await world.instance(options)];
      await append(cutOff, 'one');
      await contextOf(other);
      cutOff.proxy.cut(true);
      await append(cutOff, 'two');
      expect(await contextOf(cutOff)).toEqual(['one', 'two']);
      await sleep(310);
      expect(await contextOf(other)).toEqual(['one', 'two']);
    });

    it('answers a deleted item nowhere once that is acknowledged, also by one that is cut off', async () => {
      const world = await newWorld();
      const options = { hotStaleMaxMs: 300 };
      const [cutOff, other] = [await world.instance(options), await world.instance(options)];
      await append(cutOff, 'a secret');
      await append(cutOff, 'the rest');
      expect(await contextOf(other)).toEqual(['a secret', 'the rest']);
      const { items } = await cutOff.memory.history({ ...SESSION, limit: 1, order: 'asc' });
      cutOff.proxy.cut(true);
      await cutOff.memory.deleteItem(items[0]?.id ?? '');
      expect(await contextOf(other)).toEqual(['the rest']);
      expect(await contextOf(cutOff)).toEqual(['the rest']);
    });

    it('gets in with the password of the URL', async () => {
      const world = await newWorld(['--requirepass', 'open sesame']);
      const redisUrl = `redis://:open%20sesame@127.0.0.1:${world.redis.port}`;
      const one = await world.instance({}, { redisUrl });
      await append(one, 'hello');
      expect(await one.health()).toMatchObject({ status: 'ok' });
      const refused = await world.instance({}, { redisUrl: redisUrl.replace('open', 'shut') });
      expect(await contextOf(refused)).toEqual(['hello']);
      expect(await refused.health()).toMatchObject({ status: 'degraded' });
    });
  });
}
