import type { Firestore } from '@google-cloud/firestore';
import { sessionKeyOf } from '../../shared/domain/ids.ts';
import { type CloudWorkspace, withCloud } from './cloud-workspace.ts';
import { spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import { draft, fill, USER } from './workspace.ts';

const ROUNDS = { rounds: 15, calls: 100 };
/** Fills the window of the head. */
const ITEMS_BEFORE = 50;

/** An append on the Firestore emulator and Redis, beside one batch that sets the same bytes. */
export async function firestoreAppend() {
  return withCloud(async (cloud) => {
    const { system, firestore } = cloud;
    const session = { userId: USER, sessionId: 's' };
    await fill(system, session.sessionId, ITEMS_BEFORE);
    let count = ITEMS_BEFORE;
    const append = async () => {
      const { lastSeq } = await appendOne(cloud, session, count++);
      if (lastSeq !== count) throw new Error('The item is not there');
    };
    const raw = await rawAppend(firestore, sessionKeyOf(session));
    const { ours, batch } = await timeInTurn({ ours: append, batch: raw.step }, ROUNDS);
    return {
      'head, bytes': raw.headBytes,
      'append, p50 ms': spreadOf(ours),
      'batch of two sets, p50 ms': spreadOf(batch),
      'append over a batch of two sets': spreadOfRatio(ours, batch),
    };
  });
}

async function appendOne(
  { system }: CloudWorkspace,
  session: { readonly userId: string; readonly sessionId: string },
  index: number,
) {
  const items = [draft(index)];
  const command = { ...session, items, startedAtMs: Date.now(), isEvent: false };
  return (await system.memory.append(command)).session;
}

/** The least that an append costs: two documents of the sizes that ours have, set in one batch. */
async function rawAppend(firestore: Firestore, key: string) {
  const stored = firestore.collection('sessions').doc(key);
  const head = (await stored.get()).get('head');
  const [item] = (await stored.collection('items').limit(1).get()).docs;
  const body = item?.get('body');
  if (!(head instanceof Uint8Array && body instanceof Uint8Array)) {
    throw new Error('Stored documents are not as expected');
  }
  const plain = firestore.collection('plain').doc(key);
  let count = ITEMS_BEFORE;
  const step = () =>
    firestore
      .batch()
      .set(plain, { body: head })
      .set(plain.collection('items').doc(String(count++).padStart(16, '0')), { body })
      .commit();
  return { headBytes: head.byteLength, step };
}
