import { randomUUID } from 'node:crypto';
import { openFirestore } from '../../shared/adapters/firestore/open-firestore.ts';
import { decideAppend } from '../../shared/domain/append-change.ts';
import { sessionKeyOf } from '../../shared/domain/ids.ts';
import { NO_ACCESSES } from '../../shared/domain/item.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { StrataOptions } from '../../shared/options.ts';
import { type CloudWorkspace, withCloud } from './cloud-workspace.ts';
import { spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import { draft, fill, USER } from './workspace.ts';

const ROUNDS = { rounds: 15, calls: 60 };
/** Fills the window of the head. */
const ITEMS_BEFORE = 50;
const OPTIONS = StrataOptions.parse({});

/**
 * An append on the Firestore emulator and Redis, beside one batch that sets two documents like ours,
 * and beside that batch and one SET of the head in Redis: the round trips that an append needs.
 */
export async function firestoreAppend() {
  return withCloud(async (cloud) => {
    const append = await appender(cloud, 'append');
    const commit = await committer(cloud, 'commit');
    const { headBytes, ...raw } = await rawAppends(cloud, 'append');
    const times = await timeInTurn({ append, commit, ...raw }, ROUNDS);
    return {
      'head, bytes': headBytes,
      'append, p50 ms': spreadOf(times.append),
      'batch of two sets, p50 ms': spreadOf(times.batch),
      'append over a batch of two sets': spreadOfRatio(times.append, times.batch),
      'commit of the store alone over a batch of two sets': spreadOfRatio(
        times.commit,
        times.batch,
      ),
      'append over a batch of two sets and a SET in Redis': spreadOfRatio(
        times.append,
        times.batchAndSet,
      ),
    };
  });
}

/** The whole use case, with everything behind it. */
async function appender({ system }: CloudWorkspace, sessionId: string) {
  await fill(system, sessionId, ITEMS_BEFORE);
  let count = ITEMS_BEFORE;
  return async () => {
    const items = [draft(count++)];
    const command = { userId: USER, sessionId, items, startedAtMs: Date.now(), isEvent: false };
    const { session } = await system.memory.append(command);
    if (session.lastSeq !== count) throw new Error('The item is not there');
  };
}

/** The durable store alone. */
async function committer({ system, firestore }: CloudWorkspace, sessionId: string) {
  await fill(system, sessionId, ITEMS_BEFORE);
  const session = { userId: USER, sessionId };
  const { store } = openFirestore({ firestore, clock: systemClock });
  let head = await store.loadHead(sessionKeyOf(session));
  return async () => {
    const nowMs = Date.now();
    const seq = (head?.lastSeq ?? 0) + 1;
    const rest = { createdAtMs: nowMs, pinned: false, tokens: 80, accesses: NO_ACCESSES };
    const { change } = decideAppend({
      ...{ head, session, nowMs, replays: [], limits: OPTIONS },
      items: [{ ...draft(seq), ...rest, seq, tier: 'hot' }],
      guard: { startedAtMs: nowMs, isEvent: false },
    });
    await store.commit(change);
    head = change.head;
  };
}

/**
 * The least that an append costs: two documents with the fields and the bytes of ours, made from the
 * same values and other ones with every call, in one batch.
 */
async function rawAppends({ firestore, redis }: CloudWorkspace, sessionId: string) {
  const key = sessionKeyOf({ userId: USER, sessionId });
  const stored = firestore.collection('sessions').doc(key);
  const fields = (await stored.get()).data() ?? {};
  const [item] = (await stored.collection('items').limit(1).get()).docs;
  if (!item) throw new Error('Stored documents are not as expected');
  const head: unknown = JSON.parse(String(fields['head']));
  const writer = (name: string) => {
    const ref = firestore.collection('plain').doc(name);
    let count = ITEMS_BEFORE;
    return async () => {
      const text = JSON.stringify(head);
      const seq = count++;
      const body = Buffer.from(JSON.stringify(draft(seq)));
      const changing = {
        version: seq,
        topSeq: seq,
        commitId: randomUUID(),
        lastItemAtMs: Date.now(),
      };
      await firestore
        .batch()
        .set(ref, { ...fields, ...changing, head: Buffer.from(text) })
        .set(ref.collection('items').doc(String(seq).padStart(16, '0')), {
          ...item.data(),
          seq,
          body,
        })
        .commit();
      return text;
    };
  };
  const before = writer('batch-and-set');
  return {
    headBytes: Buffer.byteLength(JSON.stringify(head)),
    batch: writer('batch'),
    batchAndSet: async () => redis.set('raw', await before()),
  };
}
