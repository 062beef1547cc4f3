import { describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { type RunningRedis, startRedis } from '../../infra/tooling/redis-server.ts';
import type { LogFields, Logger } from '../kernel/logger.ts';
import { openHotRedis } from './hot-redis.ts';

const TUNING = { redisTimeoutMs: 50, maxMemoryMb: 9, maxMemoryPolicy: 'allkeys-lfu' } as const;

const probe = await startRedis();
await probe?.stop();
if (probe) describeWithServers();
else it('needs a Redis', () => reportMissing('the client of the hot tier: no redis-server'));

async function start(args: readonly string[] = []): Promise<RunningRedis> {
  const server = await startRedis({ args });
  if (!server) throw new Error('A server could be started before');
  onTestFinished(() => server.stop());
  return server;
}

async function open({ url }: RunningRedis) {
  const lines: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  const keep = (message: string, fields?: LogFields) => void lines.push({ message, fields });
  const log: Logger = { info: keep, warning: keep, error: keep };
  const client = await openHotRedis({ redisUrl: url }, TUNING, log);
  onTestFinished(() => client.disconnect());
  return { client, lines };
}

function describeWithServers(): void {
  describe('openHotRedis', () => {
    it('sets the memory of the server, also when a busy start lets the first answers wait', async () => {
      const { client, lines } = await open(await start());
      // The question is on its way; its answer is read after the time that it may take.
      const untilMs = performance.now() + 2 * TUNING.redisTimeoutMs;
      while (performance.now() < untilMs);
      const memory = () => client.info('memory').catch(String);
      await expect.poll(memory, { timeout: 10_000 }).toContain('maxmemory:9437184');
      expect(await memory()).toContain('maxmemory_policy:allkeys-lfu');
      expect(lines).toEqual([]);
    });

    it.each([
      ['has no CONFIG', ['--rename-command', 'CONFIG', ''], 'ERR unknown command'],
      [
        'does not let us use it',
        ['--user', 'default', 'on', 'nopass', '~*', '+@all', '-config'],
        'NOPERM',
      ],
    ])(
      'leaves a managed server as it is that %s, says so and works',
      async (_how, args, refusal) => {
        const { client, lines } = await open(await start(args));
        await client.set('k', 'v');
        expect(await client.get('k')).toBe('v');
        await expect
          .poll(() => lines, { timeout: 10_000 })
          .toMatchObject([
            {
              message: 'Redis manages its own memory settings; they stay as they are',
              fields: {
                kept: { maxMemoryBytes: 0, policy: 'noeviction' },
                wanted: { maxMemoryBytes: 9_437_184, policy: 'allkeys-lfu' },
                refusal: expect.stringContaining(refusal),
              },
            },
          ]);
      },
    );
  });
}
