import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compose } from '../../functions/compose.ts';
import { readConfig } from '../../functions/config.ts';
import { freePort } from '../../infra/local/child.ts';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { startRedis } from '../../infra/tooling/redis-server.ts';
import type { LogFields, Logger } from '../kernel/logger.ts';
import { signedByAuthority } from '../testing/self-signed.ts';
import { RedisLruCache, type RedisLruCacheOptions } from './redis-lru-cache.ts';
import { TieredStorageManager } from './tiered-storage-manager.ts';

const PASSWORD = 'open sesame';
const LOCKED = ['--requirepass', PASSWORD];

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'strata-tls-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A Redis that speaks nothing but TLS, and the authority that signed its certificate. */
async function startTls(
  args: readonly string[] = LOCKED,
  subject: Parameters<typeof signedByAuthority>[0] = {},
) {
  const { key, cert, ca } = signedByAuthority(subject);
  const dir = await newDir();
  const [keyFile, certFile, caFile] = [join(dir, 'key'), join(dir, 'cert'), join(dir, 'ca.pem')];
  await Promise.all([writeFile(keyFile, key), writeFile(certFile, cert), writeFile(caFile, ca)]);
  const port = await freePort();
  const tls = {
    port: '0',
    'tls-port': String(port),
    'tls-key-file': keyFile,
    'tls-cert-file': certFile,
    'tls-ca-cert-file': caFile,
    'tls-auth-clients': 'no',
  };
  const flags = Object.entries(tls).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await startRedis({ port, args: [...flags, ...args] });
  if (!server) return undefined;
  onTestFinished(() => server.stop());
  const password = encodeURIComponent(PASSWORD);
  const place = { redisHost: '127.0.0.1', redisPort: port };
  return { ca, caFile, port, place, url: `rediss://:${password}@127.0.0.1:${port}` };
}
type Tls = NonNullable<Awaited<ReturnType<typeof startTls>>>;

interface Line {
  readonly severity: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A log that is kept. */
function keptLog(): { readonly log: Logger; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (severity: string) => (message: string, fields?: LogFields) => {
    lines.push({ severity, message, fields });
  };
  return { log: { info: at('info'), warning: at('warning'), error: at('error') }, lines };
}

async function connect(options: RedisLruCacheOptions): Promise<RedisLruCache> {
  const cache = new RedisLruCache(options);
  onTestFinished(() => cache.disconnect());
  await cache.connect();
  return cache;
}

async function expectWorks(options: RedisLruCacheOptions): Promise<RedisLruCache> {
  const cache = await connect(options);
  await cache.set('k', { n: 1 });
  expect(await cache.get('k')).toEqual({ n: 1 });
  return cache;
}

/** What the rejection says; it names nobody's secret. */
async function refusalOf(options: RedisLruCacheOptions): Promise<string> {
  const thrown = await connect(options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({ code: 'unavailable', name: 'AppError' });
  expect(String(thrown)).not.toMatch(/sesame|wrong/);
  return thrown instanceof Error ? thrown.message : '';
}

/** `undefined` where Redis is missing, or was built without TLS. */
async function hasTls(): Promise<boolean> {
  const port = await freePort();
  const args = ['--port', '0', '--tls-port', String(port)];
  const said = await startRedis({ port, args }).catch(String);
  // Without a certificate it does not start, and says so; without TLS it does not know the words.
  return typeof said === 'string' && !said.includes('Bad directive');
}

if (await hasTls()) describeTls();
else
  it('needs a Redis with TLS', () => reportMissing('Redis over TLS: no redis-server that has it'));

function describeTls(): void {
  const start = async (...given: Parameters<typeof startTls>): Promise<Tls> => {
    const server = await startTls(...given);
    if (!server) throw new Error('A server could be started before');
    return server;
  };

  describe('RedisLruCache over TLS', () => {
    it('gets in with the authority as text or as a file, and the password', async () => {
      const { url, ca, caFile, place } = await start();
      await expectWorks({ redisUrl: url, redisCa: ca });
      await expectWorks({ redisUrl: url, redisCa: caFile });
      await expectWorks({ ...place, redisPassword: PASSWORD, redisCa: ca });
    });

    it('gets in as a user of the access control list, who may not change settings', async () => {
      const user = ['--user', 'app', 'on', '>of the app', '~*', '+@all', '-@admin', '-config'];
      const { place, ca } = await start([...LOCKED, ...user]);
      const { log, lines } = keptLog();
      const credentials = { redisUsername: 'app', redisPassword: 'of the app' };
      const cache = await expectWorks({ ...place, ...credentials, redisCa: ca, log });
      expect(await cache.getStats()).toMatchObject({ isConfigManaged: true });
      expect(lines).toMatchObject([
        {
          severity: 'info',
          message: 'Redis manages its own memory settings; they stay as they are',
          fields: { refusal: expect.stringMatching(/^NOPERM/) },
        },
      ]);
      const url = `rediss://app:of%20the%20app@127.0.0.1:${place.redisPort}`;
      await expectWorks({ redisUrl: url, redisCa: ca });
    });

    it('says that the password is wrong, or missing', async () => {
      const { place, ca, port } = await start();
      const from = `Redis at 127.0.0.1:${port}`;
      expect(await refusalOf({ ...place, redisCa: ca, redisPassword: 'wrong' })).toBe(
        `${from} refuses the user or password`,
      );
      expect(await refusalOf({ ...place, redisCa: ca })).toBe(`${from} wants a password`);
      const user = { redisUsername: 'nobody', redisPassword: PASSWORD };
      expect(await refusalOf({ ...place, ...user, redisCa: ca })).toBe(
        `${from} refuses the user or password`,
      );
    });

    it('refuses a server whose authority it was not told of', async () => {
      const { url, port } = await start();
      const refusal = `Redis at 127.0.0.1:${port} shows a certificate of an authority that is not trusted here: give it as redisCa (STRATA_REDIS_CA)`;
      expect(await refusalOf({ redisUrl: url })).toBe(refusal);
      expect(await refusalOf({ redisUrl: url, redisCa: signedByAuthority().ca })).toBe(refusal);
    });

    it('takes an address in the common name alone, as Memorystore has it, and no other', async () => {
      const named = await start(LOCKED, { commonName: '127.0.0.1', hasAltNames: false });
      await expectWorks({ redisUrl: named.url, redisCa: named.ca });
      const other = await start(LOCKED, { commonName: '127.0.0.2', hasAltNames: false });
      expect(await refusalOf({ redisUrl: other.url, redisCa: other.ca })).toMatch(
        /shows a certificate for another name than its address$/,
      );
    });

    it('says to a client without TLS that the server may want it', async () => {
      const { place } = await start();
      expect(await refusalOf({ ...place, redisPassword: PASSWORD })).toMatch(
        /cannot be reached; does it want TLS/,
      );
    });
  });

  describe('the memory on a Redis over TLS', () => {
    const item = { userId: 'u1', sessionId: 's1', content: 'hello', contentType: 'note' };
    const session = { userId: 'u1', sessionId: 's1' };

    async function opened(env: Readonly<Record<string, string>>) {
      const { log, lines } = keptLog();
      // A busy machine is no outage.
      const patient = { STRATA_REDIS_TIMEOUT_MS: '5000' };
      const config = readConfig({ STRATA_DATA_DIR: await newDir(), ...patient, ...env });
      const system = await compose(config, { log });
      onTestFinished(() => system.close());
      const { memory } = system;
      const command = { ...session, items: [item], startedAtMs: Date.now(), isEvent: false };
      await memory.append(command);
      const { items } = await memory.context({ ...session, format: 'raw', explain: false });
      expect(items.map(({ content }) => content)).toEqual(['hello']);
      return { status: (await system.health()).status, warnings: warningsOf(lines) };
    }
    const warningsOf = (lines: readonly Line[]) =>
      lines.filter(({ severity }) => severity !== 'info').map(({ message }) => message);

    it('shares heads over it', async () => {
      const { url, caFile, ca } = await start();
      for (const STRATA_REDIS_CA of [caFile, ca]) {
        expect(await opened({ REDIS_URL: url, STRATA_REDIS_CA })).toEqual({
          status: 'ok',
          warnings: [],
        });
      }
    });

    it('shares heads over a cluster of it', async () => {
      const busPort = String(await freePort());
      const cluster = [
        ...['--cluster-enabled', 'yes', '--cluster-port', busPort, '--tls-cluster', 'yes'],
        // A node that met no other does not know its own address.
        ...['--cluster-announce-ip', '127.0.0.1'],
      ];
      const { url, ca, place } = await start([...LOCKED, ...cluster]);
      const tls = { ca, servername: 'localhost' };
      const control = new Redis({ port: place.redisPort, password: PASSWORD, tls });
      onTestFinished(() => control.disconnect());
      await control.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      const state = async () => String(await control.call('CLUSTER', 'INFO'));
      // A node alone waits two seconds before it takes writes.
      await expect.poll(state, { timeout: 10_000 }).toContain('cluster_state:ok');
      const env = { REDIS_URL: url, STRATA_REDIS_CA: ca, STRATA_REDIS_CLUSTER: 'true' };
      expect(await opened(env)).toEqual({ status: 'ok', warnings: [] });
      expect(await control.keys('*:head')).toHaveLength(1);
    });

    it('goes on without it, degraded, and says why once', async () => {
      const { url, caFile } = await start();
      const wrong = url.replace('open', 'wrong');
      expect(await opened({ REDIS_URL: wrong, STRATA_REDIS_CA: caFile })).toEqual({
        status: 'degraded',
        warnings: ['Redis refuses the user or password; going on without it'],
      });
      expect(await opened({ REDIS_URL: url })).toMatchObject({
        status: 'degraded',
        warnings: [expect.stringMatching(/^Redis shows a certificate of an authority that is not/)],
      });
    });

    it('does not start with an authority that is none', async () => {
      const { url } = await start();
      const manager = new TieredStorageManager({
        dataDir: await newDir(),
        ...{ redisUrl: url, redisCa: '/nowhere/ca.pem' },
      });
      await expect(manager.initialize()).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('there is no file /nowhere/ca.pem'),
      });
    });
  });
}
