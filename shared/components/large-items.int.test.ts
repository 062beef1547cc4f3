import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { EMULATOR_REQUEST_MAX_BYTES } from '../adapters/firestore/sized-writes.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { memoryOfTest, USER } from '../testing/temporary-memory.ts';

const ITEMS = 30;
// Compressed they are 4.6 MB, which the emulator does not take at once.
const content = randomBytes(150 * 1_024).toString('base64');

async function moveLargeItems(): Promise<void> {
  const databaseId = `large-${randomUUID()}`;
  const { clock, system, append } = await memoryOfTest({
    options: { tokenCounter: 'estimate' },
    openStores: (ofTest) =>
      openFirestore({
        firestore: emulatedFirestore(databaseId),
        clock: ofTest,
        maxRequestBytes: EMULATOR_REQUEST_MAX_BYTES,
      }),
  });
  const { memory } = system;
  for (let sent = 0; sent < ITEMS; sent += 15) {
    await append('s', ...Array.from({ length: 15 }, () => content));
  }
  const migrateAfter = async (days: number) => {
    clock.advance(days * DAY_MS);
    return memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, clock) });
  };
  expect(await migrateAfter(10)).toMatchObject({ hotToWarm: ITEMS, remaining: 0 });
  expect(await migrateAfter(30)).toMatchObject({ warmToCold: ITEMS, remaining: 0 });
  const whole = { userId: USER, sessionId: 's', order: 'asc', limit: ITEMS } as const;
  for (let time = 0; time < 6; time++) await memory.history(whole);
  expect(await migrateAfter(0)).toMatchObject({ coldToWarm: ITEMS, remaining: 0 });
  const { items } = await memory.history(whole);
  expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: ITEMS }, (_, at) => at + 1));
  expect(items.every((item) => item.content === content && item.tier === 'hot')).toBe(true);
}

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  it('moves items through all tiers that are more than one request takes', moveLargeItems);
} else {
  it('needs a Firestore emulator', () => reportMissing('large items on Firestore'));
}
