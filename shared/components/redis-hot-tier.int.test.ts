import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { type RunningRedis, startRedis } from '../../infra/tooling/redis-server.ts';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { systemClock } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { StrataOptions, type StrataOptionsInput } from '../options.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { type CountingProxy, countRoundTrips } from '../testing/counting-proxy.ts';
import { type Embedded, openEmbedded } from './embedded.ts';
import type { HotRedisAddress } from './hot-redis.ts';
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

interface Instance extends Embedded {
  /** Round trips to Redis and durable reads of heads and logs, and what else is counted. */
  costOf(call: () => Promise<unknown>): Promise<{ roundTrips: number; reads: number }>;
  readonly proxy: CountingProxy;
}

interface World {
  readonly redis: RunningRedis;
  readonly control: Redis;
  /** Another instance on the same Redis and the same durable store. */
  instance(options?: StrataOptionsInput, address?: HotRedisAddress): Promise<Instance>;
}

/** One Redis and one SQLite file. Nothing but Redis tells instances of each other's commits. */
async function newWorld(args: readonly string[] = []): Promise<World> {
  const redis = await startRedis({ args });
  if (!redis) throw new Error('A server could be started before');
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-hot-'));
  const opened: Instance[] = [];
  const control = new Redis(redis.url);
  control.on('error', () => undefined);
  onTestFinished(async () => {
    for (const one of opened) {
      await one.close();
      await one.proxy.close();
    }
    control.disconnect();
    await redis.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const instance: World['instance'] = async (options = {}, address = {}) => {
    const sqlite = openSqlite({ path: join(dataDir, 'strata.db'), clock: systemClock });
    const proxy = await countRoundTrips(redis.port);
    let reads = 0;
    const counted = <A extends readonly unknown[], R>(read: (...args: A) => R) => {
      return (...given: A): R => {
        reads++;
        return read(...given);
      };
    };
    const { store } = sqlite;
    const stores = {
      ...sqlite,
      epoch: () => 0,
      store: {
        ...bound(store),
        loadHead: counted((key) => store.loadHead(key)),
        readLog: counted((key, query) => store.readLog(key, query)),
      } satisfies SessionStore,
    };
    const embedded = await openEmbedded({
      options: StrataOptions.parse({ summarizationThreshold: 100_000, ...options }),
      dataDir,
      stores,
      redis: { redisHost: '127.0.0.1', redisPort: proxy.port, ...address },
    });
    const one: Instance = {
      ...embedded,
      proxy,
      async costOf(call) {
        const before = { roundTrips: proxy.roundTrips(), reads };
        await call();
        return { roundTrips: proxy.roundTrips() - before.roundTrips, reads: reads - before.reads };
      },
    };
    opened.push(one);
    return one;
  };
  return { redis, control, instance };
}

const bound = (store: SessionStore): SessionStore => ({
  loadHead: (key) => store.loadHead(key),
  commit: (change) => store.commit(change),
  readLog: (key, query) => store.readLog(key, query),
  readSeqs: (key, seqs) => store.readSeqs(key, seqs),
  readDue: (key, query) => store.readDue(key, query),
  readSummaries: (key, query) => store.readSummaries(key, query),
});

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

/** The process behind the port, stopped in its tracks for a while. */
async function stopFor(control: Redis, ms: number): Promise<() => Promise<void>> {
  const pid = Number(/process_id:(\d+)/.exec(await control.info('server'))?.[1]);
  process.kill(pid, 'SIGSTOP');
  const goOn = sleep(ms).then(() => void process.kill(pid, 'SIGCONT'));
  return () => goOn;
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;

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
      await world.control.flushall();
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
      const keys = await world.control.keys('*');
      expect(keys.map((key) => key.replace(/\{.*\}/, '{…}')).sort()).toEqual([
        'p:dirty',
        'p:{…}:accesses',
        'p:{…}:head',
      ]);
      const head = keys.find((key) => key.endsWith(':head')) ?? '';
      expect(await world.control.ttl(head)).toBeLessThanOrEqual(60);
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
      const keys = await world.control.keys('*');
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
      const [key = ''] = await world.control.keys('strata-*:head');
      expect(await world.control.hget(key, 'h')).toContain('hello');
      await first.deleteMemoryItem(id);
      expect(await second.getMemoryItem(id)).toBeUndefined();
      expect(await world.control.hget(key, 'h')).not.toContain('hello');
    });
  });

  describe('a Redis that cannot be relied on', () => {
    /** Appends and reads in turns on two instances while `trouble` happens; every answer is checked. */
    async function talkDuring(
      instances: readonly [Instance, Instance],
      { turns, trouble }: { turns: number; trouble: (turn: number) => Promise<void> | undefined },
    ): Promise<{ readMs: number[]; appendMs: number[] }> {
      const contents: string[] = [];
      const readMs: number[] = [];
      const appendMs: number[] = [];
      for (let turn = 0; turn < turns; turn++) {
        await trouble(turn);
        const [writer, reader] = turn % 2 === 0 ? instances : [instances[1], instances[0]];
        let startedAtMs = performance.now();
        contents.push(`turn ${turn}`);
        expect(await append(writer, `turn ${turn}`)).toBe(turn + 1);
        appendMs.push(performance.now() - startedAtMs);
        for (const one of [reader, writer]) {
          startedAtMs = performance.now();
          expect((await contextOf(one)).slice(-20)).toEqual(contents.slice(-20));
          readMs.push(performance.now() - startedAtMs);
        }
      }
      return { readMs, appendMs };
    }

    it('answers the same when everything in it is lost at random moments', async () => {
      const world = await newWorld();
      const instances = [await world.instance(), await world.instance()] as const;
      let isOver = false;
      const flushing = (async () => {
        for (let wait = 1; !isOver; wait = (wait * 7) % 11) {
          await world.control.flushall();
          await sleep(wait);
        }
      })();
      await talkDuring(instances, { turns: 150, trouble: () => undefined });
      isOver = true;
      await flushing;
    });

    it('answers the same while it hangs for five seconds, within the timeout and one durable read', async () => {
      const world = await newWorld();
      const instances = [await world.instance(), await world.instance()] as const;
      let goesOn: (() => Promise<void>) | undefined;
      const { readMs, appendMs } = await talkDuring(instances, {
        turns: 120,
        trouble: async (turn) => {
          if (turn === 10) goesOn = await stopFor(world.control, 5_000);
          if (turn > 10 && turn < 100) await sleep(50);
          if (turn === 60) {
            expect(await instances[0].health()).toMatchObject({
              status: 'degraded',
              stores: { durable: 'ok', hot: 'down' },
            });
          }
          if (turn === 100) await goesOn?.();
        },
      });
      // The timeout, and a durable read on a machine that does much else.
      expect(percentile(readMs, 0.99)).toBeLessThan(50 + 150);
      expect(percentile(appendMs, 0.99)).toBeLessThan(2 * 50 + 150);
      await expect.poll(async () => (await instances[0].health()).status).toBe('ok');
      await expect
        .poll(() => instances[0].costOf(() => contextOf(instances[0])), { timeout: 10_000 })
        .toEqual({ roundTrips: 1, reads: 0 });
    });

    it('answers the same when it is killed and started again', async () => {
      const world = await newWorld();
      const instances = [await world.instance(), await world.instance()] as const;
      let second: RunningRedis | undefined;
      onTestFinished(async () => {
        await second?.stop();
      });
      await talkDuring(instances, {
        turns: 90,
        trouble: async (turn) => {
          if (turn === 20) await world.redis.stop();
          if (turn === 50) second = await startRedis({ port: world.redis.port });
          if (turn > 20) await sleep(20);
        },
      });
      await expect
        .poll(async () => (await instances[1].health()).status, { timeout: 10_000 })
        .toBe('ok');
      await expect
        .poll(() => instances[1].costOf(() => contextOf(instances[1])), { timeout: 10_000 })
        .toEqual({ roundTrips: 1, reads: 0 });
    });

    it('answers the same when it is full and evicts, or is full and refuses', async () => {
      for (const maxMemoryPolicy of ['allkeys-lru', 'noeviction'] as const) {
        const world = await newWorld();
        const options = { maxMemoryMb: 2.5, maxMemoryPolicy };
        const instances = [await world.instance(options), await world.instance(options)] as const;
        const sessions = Array.from({ length: 40 }, (_, index) => ({
          userId: 'u1',
          sessionId: `s${index}`,
        }));
        for (let turn = 0; turn < 4; turn++) {
          for (const [index, session] of sessions.entries()) {
            await append(instances[(index + turn) % 2 === 0 ? 0 : 1], 'x'.repeat(15_000), session);
            const reader = instances[(index + turn) % 2 === 0 ? 1 : 0];
            expect(await contextOf(reader, session)).toHaveLength(turn + 1);
          }
        }
        for (const session of sessions) {
          expect(await contextOf(instances[0], session)).toHaveLength(4);
        }
        const stats = await instances[0].metrics.collect();
        expect(stats.redis?.maxMemoryBytes).toBe(2_621_440);
        const evicted = Number(/evicted_keys:(\d+)/.exec(await world.control.info('stats'))?.[1]);
        if (maxMemoryPolicy === 'allkeys-lru') expect(evicted).toBeGreaterThan(10);
        else expect(evicted).toBe(0);
      }
    });

    it('starts without it, says so, and uses it when it is there', async () => {
      const world = await newWorld();
      const { port } = world.redis;
      await world.redis.stop();
      const one = await world.instance();
      await append(one, 'hello');
      expect(await contextOf(one)).toEqual(['hello']);
      expect(await one.health()).toEqual({
        status: 'degraded',
        stores: { durable: 'ok', hot: 'down' },
      });
      const redis = await startRedis({ port });
      onTestFinished(async () => {
        await redis?.stop();
      });
      await expect.poll(async () => (await one.health()).status, { timeout: 10_000 }).toBe('ok');
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
