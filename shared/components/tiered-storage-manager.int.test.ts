import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { TieredStorageManager, type TieredStorageOptions } from './tiered-storage-manager.ts';

const SESSION = { userId: 'u1', sessionId: 's1' };

const open = async (options: TieredStorageOptions): Promise<TieredStorageManager> => {
  const storage = new TieredStorageManager({ ...options, migrateAutomatically: false });
  await storage.initialize();
  onTestFinished(() => storage.close());
  return storage;
};

if (process.env['FIRESTORE_EMULATOR_HOST']) describe('TieredStorageManager', withFirestore);
else it('needs a Firestore emulator', () => reportMissing('TieredStorageManager on Firestore'));

function withFirestore(): void {
  it('takes 60 appends to one session at once, in one order without gaps', async () => {
    const storage = await open({ projectId: `demo-${randomUUID()}` });
    const items = Array.from({ length: 60 }, (_, index) => ({
      ...SESSION,
      content: `m${index}`,
      contentType: 'user_message',
    }));
    await Promise.all(items.map((item) => storage.addMemoryItem(item)));
    const history = await storage.getConversationHistory(SESSION);
    expect(history.map(({ content }) => content)).toEqual(items.map(({ content }) => content));
    expect(history.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
  });

  it("keeps everything in the project's Firestore, where others find it", async () => {
    const projectId = `demo-${randomUUID()}`;
    const writer = await open({ projectId });
    const id = await writer.addMemoryItem({
      ...SESSION,
      content: 'Kept in the project',
      contentType: 'user_message',
      createdAtMs: Date.now() - 40 * 86_400_000,
    });
    expect(await writer.migrateTiers()).toMatchObject({ warmToCold: 1, segmentsWritten: 1 });
    const reader = await open({ projectId, redisUrl: process.env['REDIS_URL'] ?? '' });
    expect(await reader.getMemoryItem(id)).toMatchObject({
      ...SESSION,
      content: 'Kept in the project',
      tier: 'cold',
    });
    const other = await open({ projectId, databaseId: 'another' });
    expect(await other.getMemoryItem(id)).toBeUndefined();
  });

  it('keeps everything in the directory where one is given beside a project', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'strata-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    const projectId = `demo-${randomUUID()}`;
    const storage = await open({ projectId, dataDir });
    const item = { ...SESSION, content: 'Kept here', contentType: 'user_message' };
    const id = await storage.addMemoryItem(item);
    expect(await (await open({ dataDir })).getMemoryItem(id)).toMatchObject({
      content: 'Kept here',
    });
    expect(await (await open({ projectId })).getMemoryItem(id)).toBeUndefined();
  });
}
