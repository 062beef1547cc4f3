import type { Firestore, WriteBatch } from '@google-cloud/firestore';
import { sessionKeyOf } from '../../shared/domain/ids.ts';
import { SEGMENT_MAX_ITEMS } from '../../shared/domain/migration.ts';
import { DAY_MS, systemClock } from '../../shared/kernel/clock.ts';
import { deadlineAfter } from '../../shared/kernel/deadline.ts';
import { type CloudWorkspace, withCloud } from './cloud-workspace.ts';
import { spreadOf, spreadOfRatio } from './measure.ts';
import { fill, USER } from './workspace.ts';

const ROUNDS = 11;
const SESSIONS = 8;
/** Of one session: what the emulator takes depends on the size of its collections. */
const ITEMS = 400;
/** What the emulator takes fastest: measured over 100 to 500 writes in a batch, one to eight at a time. */
const AT_A_TIME = 4;

/** From hot to cold on the Firestore emulator, beside its own rate for the same reads and writes in bulk. */
export async function firestoreMigration() {
  return withCloud(async (cloud) => {
    const ours: number[] = [];
    const bulk: number[] = [];
    // The first round warms up, and tells how large the documents are.
    for (let round = 0; round <= ROUNDS; round++) {
      const names = Array.from({ length: SESSIONS }, (_, index) => `r${round}-${index}`);
      await fillBoth(cloud, names);
      const runs = [
        async () => ours.push(await itemsPerSecond(() => migrate(cloud))),
        async () => bulk.push(await itemsPerSecond(() => moveInBulk(cloud, names))),
      ];
      for (const run of round % 2 ? runs : runs.reverse()) await run();
      await check(cloud, names);
    }
    return {
      'items in a round': SESSIONS * ITEMS,
      'migration, items/s': spreadOf(ours.slice(1)),
      'same reads and writes in bulk, items/s': spreadOf(bulk.slice(1)),
      'migration over bulk': spreadOfRatio(ours.slice(1), bulk.slice(1)),
    };
  });
}

async function itemsPerSecond(run: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await run();
  return (SESSIONS * ITEMS * 1_000) / (performance.now() - startMs);
}

/** Sessions that are due, and collections with the same documents. */
async function fillBoth({ system, firestore }: CloudWorkspace, names: readonly string[]) {
  const createdAtMs = Date.now() - 60 * DAY_MS;
  for (const name of names) {
    await fill(system, name, ITEMS, createdAtMs);
    const from = firestore.collection('sessions').doc(keyOf(name));
    const to = rawHead(firestore, name);
    const { docs } = await from.collection('items').get();
    const head = (await from.get()).data() ?? {};
    // Nothing of it is due.
    await to.set({ ...head, shard: -1 });
    const batch = firestore.batch();
    for (const item of docs) batch.set(to.collection('items').doc(item.id), item.data());
    await batch.commit();
  }
}

async function migrate({ system }: CloudWorkspace): Promise<void> {
  const deadline = deadlineAfter(600_000, systemClock);
  const report = await system.memory.migrateTiers({ dryRun: false, deadline });
  if (report.warmToCold !== SESSIONS * ITEMS || report.remaining > 0) {
    throw new Error(`Only ${report.warmToCold} items became cold`);
  }
}

/** No decisions, no compression: what is known to be there is read, written smaller, and deleted. */
async function moveInBulk({ firestore }: CloudWorkspace, names: readonly string[]): Promise<void> {
  const rest = [...names];
  const worker = async () => {
    for (let name = rest.pop(); name !== undefined; name = rest.pop())
      await moveOne(firestore, name);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function moveOne(firestore: Firestore, name: string): Promise<void> {
  const head = rawHead(firestore, name);
  const [stored, items] = await Promise.all([head.get(), head.collection('items').get()]);
  if (items.size !== ITEMS) throw new Error('The documents to move are not there');
  const batch: WriteBatch = firestore.batch();
  batch.set(head, stored.data() ?? {});
  for (let from = 0; from < ITEMS; from += SEGMENT_MAX_ITEMS) {
    const some = items.docs.slice(from, from + SEGMENT_MAX_ITEMS);
    const bytes = Buffer.concat(some.map((item) => item.get('body')));
    // A fifth of the size, as segments of chat have.
    const segment = { bytes: bytes.subarray(0, bytes.length / 5) };
    batch.set(head.collection('segments').doc(String(from)), segment);
    for (const { ref } of some) batch.delete(ref);
  }
  await batch.commit();
}

async function check({ system }: CloudWorkspace, names: readonly string[]): Promise<void> {
  for (const sessionId of names) {
    const { ranges, gaps } = await system.memory.coverage({ userId: USER, sessionId });
    if (gaps.length > 0 || ranges.some(({ tier }) => tier !== 'cold')) {
      throw new Error('An item is not where it should be');
    }
  }
}

const keyOf = (sessionId: string) => sessionKeyOf({ userId: USER, sessionId });

const rawHead = (firestore: Firestore, name: string) => firestore.collection('plain').doc(name);
