import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { type RunningRedis, startRedis } from '../../infra/tooling/redis-server.ts';
import { RedisKeyValueCache } from '../adapters/redis/key-value-cache.ts';
import { type LogFields, type Logger, silentLogger } from '../kernel/logger.ts';
import { describeKeyValueCache } from '../ports/key-value-cache.contract.ts';
import { RedisLruCache, type RedisLruCacheOptions } from './redis-lru-cache.ts';

// A server of our own: these tests change its settings, stop it and fill it.
const server = await startRedis();
const given = process.env['REDIS_URL'];

if (server) describeWithServer(server);
else if (given) describeContract(given);
if (!server) {
  it('could not run: no redis-server or valkey-server to start for the RedisLruCache tests', () => {
    reportMissing('RedisLruCache against a real Redis: no redis-server or valkey-server on PATH');
  });
}

function describeContract(url: string): void {
  const redis = new Redis(url);
  afterAll(async () => {
    await redis.quit();
  });
  describeKeyValueCache('RedisKeyValueCache', {
    create: async () => {
      const run = randomUUID();
      return {
        // As a pattern the first prefix matches the second.
        cache: new RedisKeyValueCache(redis, { prefix: `test*[a-z]?${run}` }),
        neighbour: new RedisKeyValueCache(redis, { prefix: `test-x-b1${run}` }),
      };
    },
    elapse: (ms) => sleep(ms),
  });
}

function describeWithServer({ url, port, stop }: RunningRedis): void {
  afterAll(stop);
  describeContract(url);

  describe('RedisLruCache', () => {
    const opened: RedisLruCache[] = [];
    const servers: { stop(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const cache of opened.splice(0)) await cache.disconnect();
      for (const running of servers.splice(0)) await running.stop();
    });

    const lines: { readonly severity: string; readonly fields: LogFields | undefined }[] = [];
    const at = (severity: string) => (_message: string, fields?: LogFields) => {
      lines.push({ severity, fields });
    };
    const log: Logger = { info: at('info'), warning: at('warning'), error: at('error') };

    async function connect(options: RedisLruCacheOptions): Promise<RedisLruCache> {
      lines.length = 0;
      const cache = new RedisLruCache({ log, keyPrefix: `test-${randomUUID()}`, ...options });
      opened.push(cache);
      await cache.connect();
      return cache;
    }

    async function another(args: readonly string[] = [], at?: number): Promise<RunningRedis> {
      const running = await startRedis({ args, ...(at === undefined ? {} : { port: at }) });
      if (!running) throw new Error('A second server could not be started');
      servers.push(running);
      return running;
    }

    it('keeps values in Redis, where another instance with the same prefix finds them', async () => {
      const keyPrefix = `test-${randomUUID()}`;
      const first = await connect({ redisHost: '127.0.0.1', redisPort: port, keyPrefix });
      const second = await connect({ redisUrl: url, keyPrefix });
      await first.set('k', { text: 'Grüße, 世界' });
      expect(await second.get('k')).toEqual({ text: 'Grüße, 世界' });
      await first.clear();
      expect(await second.get('k')).toBeUndefined();
    });

    it('lets Redis expire what is older than its time to live, by default a day', async () => {
      const keyPrefix = `test-${randomUUID()}`;
      const cache = await connect({ redisUrl: url, keyPrefix });
      await cache.set('short', 1, 0.05);
      await cache.set('day', 1);
      const redis = new Redis(url);
      const leftMs = await redis.pttl(`${keyPrefix}:day`);
      await redis.quit();
      expect(leftMs).toBeGreaterThan(86_390_000);
      expect(leftMs).toBeLessThanOrEqual(86_400_000);
      await sleep(100);
      expect(await cache.get('short')).toBeUndefined();
    });

    it('takes a value that somebody else spoiled for none', async () => {
      const keyPrefix = `test-${randomUUID()}`;
      const cache = await connect({ redisUrl: url, keyPrefix });
      const redis = new Redis(url);
      await redis.set(`${keyPrefix}:k`, 'not json');
      await redis.quit();
      expect(await cache.get('k')).toBeUndefined();
    });

    it('sets the memory limit and the eviction policy of the server', async () => {
      const cache = await connect({
        redisUrl: url,
        maxMemoryMb: 100,
        maxMemoryPolicy: 'volatile-ttl',
      });
      const redis = new Redis(url);
      expect(await redis.config('GET', 'maxmemory')).toEqual(['maxmemory', '104857600']);
      expect(await redis.config('GET', 'maxmemory-policy')).toEqual([
        'maxmemory-policy',
        'volatile-ttl',
      ]);
      await redis.quit();
      expect(await cache.getStats()).toMatchObject({
        maxMemoryBytes: 104_857_600,
        isConfigManaged: false,
        isInProcess: false,
      });
    });

    it('reports hits, misses and evictions since it connected', async () => {
      const { url: small } = await another();
      const warmUp = await connect({ redisUrl: small });
      await warmUp.set('before', 1);
      await warmUp.get('before');
      await warmUp.get('nothing');
      const cache = await connect({ redisUrl: small, maxMemoryMb: 3 });
      expect(await cache.getStats()).toMatchObject({ hits: 0, misses: 0, hitRate: undefined });
      await cache.set('k', 1);
      await cache.get('k');
      await cache.get('k');
      await cache.get('k');
      await cache.get('other');
      expect(await cache.getStats()).toMatchObject({ hits: 3, misses: 1, hitRate: 0.75, keys: 2 });
      for (let index = 0; index < 60; index++) await cache.set(`big${index}`, 'x'.repeat(100_000));
      const stats = await cache.getStats();
      expect(stats.evictions).toBeGreaterThan(10);
      expect(stats.evictionRate).toBeGreaterThan(0);
      expect(stats.usedMemoryBytes).toBeLessThan(4 * 1_048_576);
      expect(stats.maxMemoryBytes).toBe(3_145_728);
    });

    it('leaves a managed server as it is, says so, and works', async () => {
      const { url: managed } = await another([
        ...['--rename-command', 'CONFIG', ''],
        ...['--maxmemory', '64mb'],
      ]);
      const cache = await connect({ redisUrl: managed });
      await cache.set('k', 1);
      expect(await cache.get('k')).toBe(1);
      expect(await cache.getStats()).toMatchObject({
        isConfigManaged: true,
        maxMemoryBytes: 67_108_864,
      });
      expect(lines).toMatchObject([
        {
          severity: 'info',
          fields: {
            kept: { maxMemoryBytes: 67_108_864, policy: 'noeviction' },
            wanted: { maxMemoryBytes: 536_870_912, policy: 'allkeys-lru' },
          },
        },
      ]);
    });

    it('rejects with the place when nothing listens there', async () => {
      const { port: gone, url: place, stop: end } = await another();
      await end();
      await expect(connect({ redisHost: '127.0.0.1', redisPort: gone })).rejects.toMatchObject({
        code: 'unavailable',
        message: `Redis at 127.0.0.1:${gone} cannot be reached`,
        details: { host: '127.0.0.1', port: gone },
      });
      // It is reported by the rejection alone, and nobody goes on knocking.
      expect(lines).toEqual([]);
      await another([], gone);
      await sleep(600);
      const redis = new Redis(place);
      const clients = String(await redis.client('LIST'))
        .trim()
        .split('\n');
      await redis.quit();
      expect(clients).toHaveLength(1);
    });

    it('rejects when what listens there never answers', async () => {
      const silent: Server = createServer(() => {});
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      servers.push({ stop: async () => void silent.close() });
      const address = silent.address();
      if (address === null || typeof address === 'string') throw new Error('No port was given');
      await expect(
        connect({ redisHost: '127.0.0.1', redisPort: address.port }),
      ).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('gets in with the password and is kept out without it', async () => {
      const { port: locked } = await another(['--requirepass', 'open sesame']);
      const place = { redisHost: '127.0.0.1', redisPort: locked };
      const cache = await connect({ ...place, redisPassword: 'open sesame' });
      await cache.set('k', 1);
      expect(await cache.get('k')).toBe(1);
      for (const redisPassword of ['wrong', '']) {
        const refused = connect({ ...place, redisPassword });
        await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
        await expect(refused).rejects.not.toThrow(/sesame|wrong/);
      }
    });

    it('answers an outage with misses, counts them, and recovers by itself', async () => {
      const first = await another();
      const warmUp = await connect({ redisUrl: first.url, log: silentLogger });
      await warmUp.set('k', 1);
      for (let read = 0; read < 5; read++) await warmUp.get('k');
      const cache = await connect({ redisUrl: first.url });
      await cache.set('k', 1);
      await first.stop();
      expect(await cache.get('k')).toBeUndefined();
      expect(await cache.get('k')).toBeUndefined();
      // A value that cannot be replaced or deleted is not passed over in silence.
      await expect(cache.set('k', 2)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(cache.delete('k')).rejects.toMatchObject({ code: 'unavailable' });
      await expect(cache.clear()).rejects.toMatchObject({ code: 'unavailable' });
      await expect(cache.getStats()).rejects.toMatchObject({ code: 'unavailable' });
      await sleep(800); // Several attempts to connect, and one line for all of them.
      await another([], first.port);
      await expect
        .poll(
          () =>
            cache.set('k', 3).then(
              () => 'set',
              () => 'down',
            ),
          {
            timeout: 15_000,
          },
        )
        .toBe('set');
      expect(await cache.get('k')).toBe(3);
      // Its counters began anew with the server.
      expect(await cache.getStats()).toMatchObject({ hits: 1, misses: 2, failures: 2 });
      expect(lines.map(({ severity }) => severity)).toEqual(['warning', 'info']);
    });

    it('does not wait for a server that hangs', async () => {
      const { url: hanging } = await another();
      const cache = await connect({ redisUrl: hanging });
      await cache.set('k', 1);
      const redis = new Redis(hanging);
      await redis.client('PAUSE', 4_000, 'ALL');
      const startedAtMs = performance.now();
      expect(await cache.get('k')).toBeUndefined();
      expect(performance.now() - startedAtMs).toBeLessThan(3_000);
      redis.disconnect();
    });
  });
}
