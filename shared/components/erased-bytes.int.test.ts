import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { startRedis } from '../../infra/tooling/redis-server.ts';
import { connectFirestore } from '../adapters/firestore/connect.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { StrataOptions } from '../options.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type Embedded, openEmbedded } from './embedded.ts';

/** Stands in every text of the user, and in nothing else. */
const MARK = 'zqxERASEMEzqx';
const KEPT = 'zqxKEEPMEzqx';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-erased-'));
  folders.push(folder);
  return folder;
}

/** How often a text stands in the bytes of a folder's files. */
function occurrences(folder: string, text: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
    .reduce((sum, bytes) => sum + bytes.split(text).length - 1, 0);
}

/** Fills every place that can hold a user's words. */
async function live(
  { memory, deadLetters }: Embedded,
  clock: ManualClock,
  userId: string,
  word: string,
) {
  const session = { userId, sessionId: `session ${word}` };
  const append = (from: number, count: number) =>
    memory.append({
      ...session,
      items: Array.from({ length: count }, (_, index) => ({
        content: `${word} message ${from + index}: invoice ${word}-${from + index} of 12.50 EUR`,
        contentType: 'user_message',
        metadata: { note: word },
        idempotencyKey: `${word}-${from + index}`,
      })),
      startedAtMs: clock.now(),
      isEvent: false,
    });
  await append(0, 40);
  await memory.summarizeSession(session);
  clock.advance(60 * DAY_MS);
  // Not compressed, so that a grep can see it.
  await memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, clock) });
  await append(40, 30);
  await memory.summarizeSession(session);
  await memory.context({ ...session, format: 'openai', explain: false });
  await memory.history({ ...session, limit: 500, order: 'asc' });
  await deadLetters.add({
    topic: 'memory-append',
    data: { content: word },
    attributes: {},
    reason: 'refused',
    attempts: 1,
    atMs: clock.now(),
    expiresAtMs: 9e12,
    userId,
  });
}

const emulator = process.env['FIRESTORE_EMULATOR_HOST'];
const probe = await startRedis();
await probe?.stop();
if (emulator && probe) describeErasure(emulator);
else {
  it('could not run: no Firestore emulator or no Redis for what an erasure leaves', () => {
    reportMissing('Bytes after an erasure: the Firestore emulator or a Redis is missing');
  });
}

function describeErasure(host: string): void {
  describe('after an erasure', () => {
    it('no byte of the user is in an export of Firestore, nor in a dump of Redis', async () => {
      const projectId = `demo-${randomUUID()}`;
      const dumps = newFolder();
      const redis = await startRedis({ args: ['--dir', dumps, '--rdbcompression', 'no'] });
      if (!redis) throw new TypeError('a Redis could be started before');
      const control = new Redis(redis.url);
      const clock = new ManualClock(Date.now());
      const firestore = await connectFirestore({ projectId });
      const system = await openEmbedded({
        options: StrataOptions.parse({ enableCompression: false }),
        dataDir: newFolder(),
        stores: openFirestore({ firestore, clock, meter: new InProcessMeter() }),
        redis: { redisUrl: redis.url },
        clock,
      });
      onTestFinished(async () => {
        await system.close();
        control.disconnect();
        await redis.stop();
      });
      const look = async (word: string) => {
        await control.save();
        return {
          firestore: occurrences(await exported(host, projectId), word),
          redis: occurrences(dumps, word),
        };
      };
      await live(system, clock, 'gone', MARK);
      await live(system, clock, 'stays', KEPT);
      const before = await look(MARK);
      expect(before.firestore).toBeGreaterThan(50);
      expect(before.redis).toBeGreaterThan(0);
      const receipt = await system.memory.eraseUser('gone', deadlineAfter(60_000, clock));
      expect(receipt).toMatchObject({ status: 'erased', verifiedEmpty: true });
      expect(await look(MARK)).toEqual({ firestore: 0, redis: 0 });
      expect((await look(KEPT)).firestore).toBeGreaterThan(50);
    });
  });
}

/** A folder with everything that the emulator holds of a project. */
async function exported(host: string, projectId: string): Promise<string> {
  const folder = newFolder();
  const response = await fetch(`http://${host}/emulator/v1/projects/${projectId}:export`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer owner' },
    body: JSON.stringify({
      database: `projects/${projectId}/databases/(default)`,
      export_directory: folder,
      export_name: 'all',
    }),
  });
  if (!response.ok) throw new Error(`The emulator exports nothing: ${await response.text()}`);
  return folder;
}
