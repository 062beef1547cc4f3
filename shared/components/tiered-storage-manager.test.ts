import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../kernel/app-error.ts';
import { TieredStorageManager } from './tiered-storage-manager.ts';

const SESSION = { userId: 'u1', sessionId: 's1' };
const ITEM = { content: 'Hello', contentType: 'user_message' };
const HALF_PAIR = '\ud83d';

async function open(): Promise<TieredStorageManager> {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-'));
  const storage = new TieredStorageManager({ dataDir, migrateAutomatically: false });
  await storage.initialize();
  onTestFinished(async () => {
    await storage.close();
    await rm(dataDir, { recursive: true });
  });
  return storage;
}

/** What is wrong with what a caller without types gave. */
const faultOf = async (call: Promise<unknown>) => {
  const { code, details } = AppError.from(await call.catch((error: unknown) => error));
  const violations = details['violations'] as readonly { readonly path: string }[] | undefined;
  return [code, violations?.map(({ path }) => path).join()];
};

describe('TieredStorageManager', () => {
  it.each([
    ['userId', { userId: '' }],
    ['sessionId', { sessionId: 'a\nb' }],
    ['items.0.content', { content: undefined }],
    ['items.0.content', { content: HALF_PAIR }],
    ['items.0.contentType', { contentType: 'User Message' }],
    ['items.0.createdAtMs', { createdAtMs: Number.NaN }],
    ['items.0.createdAtMs', { createdAtMs: Date.now() + 301_000 }],
    ['items.0.createdAt', { createdAt: '2026-01-02T03:04:05Z' }],
    ['items.0.pinned', { pinned: 'yes' }],
    ['items', { metadata: { big: 1n } }],
    ['items.0.toolCallId', { contentType: 'tool_result' }],
  ])('refuses an item with a wrong %s, and keeps nothing of it', async (path, wrong) => {
    const storage = await open();
    const item = { ...SESSION, ...ITEM, ...wrong } as never;
    expect(await faultOf(storage.addMemoryItem(item))).toEqual(['invalid-argument', path]);
    expect(await storage.getConversationHistory(SESSION)).toEqual([]);
  });

  it('says in the message itself what is wrong, the session first', async () => {
    const storage = await open();
    const nameless = { content: 'Hello' } as never;
    await expect(storage.addMemoryItem(nameless)).rejects.toThrow(
      /^userId is required; sessionId is required$/,
    );
    const now = Date.now();
    const early = { ...SESSION, ...ITEM, createdAtMs: now + 600_000 };
    await expect(storage.addMemoryItem(early)).rejects.toThrow(
      /^items\.0\.createdAtMs must not be more than 5 minutes in the future$/,
    );
    await expect(storage.getConversationHistory({ ...SESSION, limit: 0 })).rejects.toThrow(
      /^limit must be at least 1$/,
    );
  });

  it('refuses an item that is too large', async () => {
    const large = { ...SESSION, ...ITEM, content: 'x'.repeat(262_145) };
    const refused = ['payload-too-large', 'items.0'];
    expect(await faultOf((await open()).addMemoryItem(large))).toEqual(refused);
  });

  it.each([
    ['tokenBudget', { tokenBudget: 0 }],
    ['tokenBudget', { tokenBudget: Number.NaN }],
    ['maxItems', { maxItems: 1.5 }],
    ['format', { format: 'xml' }],
    ['maxitems', { maxitems: 3 }],
  ])('refuses a context with a wrong %s', async (path, wrong) => {
    const query = { ...SESSION, ...wrong } as never;
    expect(await faultOf((await open()).getContext(query))).toEqual(['invalid-argument', path]);
  });

  it('opens again after it was closed, with all that it kept', async () => {
    const storage = await open();
    const id = await storage.addMemoryItem({ ...SESSION, ...ITEM });
    await storage.close();
    await expect(storage.getMemoryItem(id)).rejects.toMatchObject({ code: 'invalid-argument' });
    await storage.initialize();
    expect(await storage.getMemoryItem(id)).toMatchObject(ITEM);
  });
});
