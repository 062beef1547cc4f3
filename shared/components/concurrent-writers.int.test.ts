import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { temporaryMemory, USER } from '../testing/temporary-memory.ts';

const WRITERS = 32;
const SESSION = { userId: USER, sessionId: 's' };

async function twoInstances() {
  const databaseId = `writers-${randomUUID()}`;
  const temp = await temporaryMemory({
    openStores: (clock) => openFirestore({ firestore: emulatedFirestore(databaseId), clock }),
  });
  onTestFinished(() => temp.dispose());
  return { temp, instances: [temp.system, await temp.open()] as const };
}

async function write32AtOnce(): Promise<void> {
  const { temp, instances } = await twoInstances();
  const append = async (writer: number) => {
    const [mine, other] = writer % 2 === 0 ? instances : [instances[1], instances[0]];
    const items = [{ content: `of ${writer}`, contentType: 'user_message' }];
    const request = { ...SESSION, items, startedAtMs: temp.clock.now(), isEvent: false };
    const { items: made } = await mine.memory.append(request);
    // Acknowledged here, so seen there.
    const seq = made[0]?.seq ?? 0;
    const page = { ...SESSION, order: 'asc', limit: 1, fromSeq: seq } as const;
    const { items: seen } = await other.memory.history(page);
    expect(seen.map(({ content }) => content)).toEqual([`of ${writer}`]);
    const context = await other.memory.context({
      ...SESSION,
      format: 'raw',
      maxItems: WRITERS,
      explain: false,
    });
    expect(context.items.map(({ content }) => content)).toContain(`of ${writer}`);
    return seq;
  };
  const seqs = await Promise.all(Array.from({ length: WRITERS }, (_, writer) => append(writer)));
  const inOrder = Array.from({ length: WRITERS }, (_, index) => index + 1);
  expect(seqs.toSorted((a, b) => a - b)).toEqual(inOrder);
  const history = await instances[1].memory.history({ ...SESSION, order: 'asc', limit: 100 });
  expect(history.items.map(({ seq }) => seq)).toEqual(inOrder);
  expect(new Set(history.items.map(({ content }) => content)).size).toBe(WRITERS);
}

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  it('keeps order and every item of 32 writers on two instances, each seen by the other', () =>
    write32AtOnce());
} else {
  it('needs a Firestore emulator', () => reportMissing('32 writers on Firestore'));
}
