import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openEmbedded } from '../../shared/components/embedded.ts';
import { sessionKeyOf } from '../../shared/domain/ids.ts';
import { StrataOptions } from '../../shared/options.ts';
import { startRedis } from '../tooling/redis-server.ts';
import { spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import { fill, USER } from './workspace.ts';

const ROUNDS = { rounds: 15, calls: 400 };
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
    const { get, hot, fromRedis } = await timeInTurn(
      {
        get: async () => JSON.parse((await raw.get('raw')) ?? ''),
        hot: () => read(warm),
        // Nothing in its own memory: the head comes from Redis.
        fromRedis: async () => {
          await other.cache.clear();
          return read(other);
        },
      },
      ROUNDS,
    );
    return {
      'head, bytes': Buffer.byteLength(text),
      'GET and JSON.parse, p50 ms': spreadOf(get),
      'context, head in this process, p50 ms': spreadOf(hot),
      'context, head in Redis only, p50 ms': spreadOf(fromRedis),
      'context, head in this process over GET and JSON.parse': spreadOfRatio(hot, get),
      'context, head in Redis only over GET and JSON.parse': spreadOfRatio(fromRedis, get),
    };
  } finally {
    raw.disconnect();
    await warm.close();
    await other.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
