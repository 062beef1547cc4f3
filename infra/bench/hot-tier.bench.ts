import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openEmbedded } from '../../shared/components/embedded.ts';
import { sessionKeyOf } from '../../shared/domain/ids.ts';
import { StrataOptions } from '../../shared/options.ts';
import { startRedis } from '../tooling/redis-server.ts';
import { ratio, timeEach } from './measure.ts';
import { fill, USER } from './workspace.ts';

const CALLS = 3_000;
const SESSION = { userId: USER, sessionId: 's' };

/** What a hot context costs beside a raw GET and JSON.parse of the same bytes, on one Redis. */
export async function hotTier() {
  const server = await startRedis();
  if (!server) throw new Error('No redis-server or valkey-server on PATH');
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const open = () =>
    openEmbedded({
      options: StrataOptions.parse({}),
      dataDir,
      redis: { redisUrl: server.url, redisPrefix: 'bench' },
    });
  const [warm, other] = [await open(), await open()];
  const raw = new Redis(server.url);
  try {
    await fill(warm, SESSION.sessionId, 100);
    const query = { ...SESSION, format: 'raw', explain: false, maxItems: 15 } as const;
    const read = async ({ memory }: typeof warm) => {
      const { items } = await memory.context(query);
      if (items.at(-1)?.seq !== 100) throw new Error('The context is not right');
    };
    await read(warm);
    const text = await raw.hget(`bench:{${sessionKeyOf(SESSION)}}:head`, 'h');
    if (text === null) throw new Error('The head is not in Redis');
    await raw.set('raw', text);
    const get = await timeEach(CALLS, async () => JSON.parse((await raw.get('raw')) ?? ''));
    const hot = await timeEach(CALLS, () => read(warm));
    // Nothing in its own memory: the head comes from Redis.
    const fromRedis = await timeEach(CALLS, async () => {
      await other.cache.clear();
      return read(other);
    });
    return {
      'head, bytes': Buffer.byteLength(text),
      'GET and JSON.parse, p50 ms': get.p50Ms,
      'context, head in this process, p50 ms': hot.p50Ms,
      'context, head in this process, p99 ms': hot.p99Ms,
      'context, head in Redis only, p50 ms': fromRedis.p50Ms,
      'in this process over GET': ratio(hot.p50Ms, get.p50Ms),
      'in Redis only over GET': ratio(fromRedis.p50Ms, get.p50Ms),
    };
  } finally {
    raw.disconnect();
    await warm.close();
    await other.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
