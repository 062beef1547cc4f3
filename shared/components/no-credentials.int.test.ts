import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectPubsub } from '../adapters/pubsub/connect.ts';
import { notedLogger } from '../testing/noted-logger.ts';
import { MemoryProfiler } from './memory-profiler.ts';
import { TieredStorageManager } from './tiered-storage-manager.ts';

// A rejected promise that nobody holds fails the whole run, as it would end a process.
describe('without Google Cloud credentials', () => {
  beforeEach(() => {
    for (const emulator of ['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST'])
      vi.stubEnv(emulator, undefined);
    // Wins over whatever this machine has.
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/there/is/no/such/file.json');
    onTestFinished(() => void vi.unstubAllEnvs());
  });

  it('a call that needs Firestore says which command makes them, every time', async () => {
    const storage = new TieredStorageManager({ projectId: 'p1' });
    await storage.initialize();
    onTestFinished(() => storage.close());
    for (const _ of [1, 2])
      await expect(storage.getCoverage({ userId: 'u1', sessionId: 's1' })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('gcloud auth application-default login'),
      });
  });

  it('samples are taken all the same, and the log says why they are not exported', async () => {
    const { lines, log } = notedLogger();
    const profiler = new MemoryProfiler({ projectId: 'p1', log });
    const { process } = await profiler.collectMetrics();
    expect(process.heapUsedBytes).toBeGreaterThan(0);
    expect(lines).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message: 'A sample of the metrics was not exported',
      }),
    ]);
  });

  it('Pub/Sub is not connected', async () => {
    await expect(connectPubsub({ projectId: 'p1' })).rejects.toThrow('no/such/file.json');
  });
});
