import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../infra/tooling/missing.ts';
import { compose } from './compose.ts';
import { readConfig } from './config.ts';

const host = process.env['FIRESTORE_EMULATOR_HOST'];
const session = { userId: 'u', sessionId: 's' };

async function opened(env: Readonly<Record<string, string>>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-compose-'));
  const system = await compose(readConfig({ STRATA_DATA_DIR: dataDir, ...env }));
  onTestFinished(async () => {
    await system.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const { memory, clock } = system;
  const items = [{ content: 'Hello', contentType: 'user_message' }];
  await memory.append({ ...session, items, startedAtMs: clock.now(), isEvent: false });
  return system;
}

const isSdkLoaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) =>
    path.includes('@google-cloud/firestore'),
  );

describe('the composition root', () => {
  it('loads nothing of Firestore for SQLite', async () => {
    await opened({});
    expect(isSdkLoaded()).toBe(false);
  });

  it('keeps everything in Firestore where the environment names one', async () => {
    if (!host) return reportMissing('composing with Firestore');
    const place = {
      FIRESTORE_EMULATOR_HOST: host,
      GOOGLE_CLOUD_PROJECT: 'demo-strata',
      STRATA_FIRESTORE_DATABASE: `compose-${randomUUID()}`,
    };
    await opened(place);
    const { memory } = await opened({ ...place, STRATA_DATA_DIR: '/nowhere' });
    const { items } = await memory.history({ ...session, order: 'asc', limit: 9 });
    expect(items.map(({ content }) => content)).toEqual(['Hello', 'Hello']);
    expect(isSdkLoaded()).toBe(true);
  });
});
