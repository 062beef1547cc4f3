import {
  type CollectionReference,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
} from '@google-cloud/firestore';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import { type Clock, SECOND_MS } from '../../kernel/clock.ts';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type {
  ErasedStep,
  ErasureReceipt,
  ErasureStore,
  Tombstone,
} from '../../ports/erasure-store.ts';
import { type Attempt, isConflict, isNotFound } from './firestore-error.ts';
import type { KnownHeads } from './known-heads.ts';
import type { Layout } from './layout.ts';
import { pack, unpack } from './packing.ts';
import { Tombstones } from './tombstones.ts';

export interface FirestoreErasureStoreOptions {
  readonly db: Firestore;
  readonly layout: Layout;
  readonly known: KnownHeads;
  readonly attempt: Attempt;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}

/** Repetitions of a step that a concurrent commit overtook. */
const MAX_ROUNDS = 5;
/** A claim outlives its eraser by no more than this. */
const CLAIM_MS = 30 * SECOND_MS;

/** Erasure from Firestore. */
export class FirestoreErasureStore implements ErasureStore {
  readonly #db: Firestore;
  readonly #layout: Layout;
  readonly #attempt: Attempt;
  readonly #known: KnownHeads;
  readonly #deadLetters: DeadLetters;
  readonly #clock: Clock;
  readonly #tombstones: Tombstones;

  constructor({ db, layout, known, attempt, deadLetters, clock }: FirestoreErasureStoreOptions) {
    this.#db = db;
    this.#layout = layout;
    this.#attempt = attempt;
    this.#known = known;
    this.#deadLetters = deadLetters;
    this.#clock = clock;
    this.#tombstones = new Tombstones(layout);
  }

  async readTombstone(userId: string, nowMs: number): Promise<Tombstone | undefined> {
    return this.#attempt('read a tombstone', () => this.#tombstones.read(userId, nowMs));
  }

  async putTombstone(tombstone: Tombstone): Promise<void> {
    await this.#attempt('put a tombstone', () => this.#tombstones.put(tombstone));
  }

  async eraseSession(key: SessionKey, limit: number): Promise<ErasedStep> {
    return this.#attempt('erase a session', async () => {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const step = await this.#eraseStep(key, limit);
        if (step) return step;
        await this.#claim(key);
      }
      throw new AppError('unavailable', 'The session is written too often to be erased now');
    });
  }

  async eraseTraces(userId: string): Promise<void> {
    await this.#deadLetters.eraseUser(userId);
  }

  /**
   * Nothing to do: no client can read a deleted document. The service itself keeps old versions for
   * an hour, or seven days with point-in-time recovery, and backups as long as they are told to
   * (https://firebase.google.com/docs/firestore/pitr); the project's settings decide that.
   */
  async scrub(): Promise<void> {}

  async readReceipt(receiptId: string): Promise<ErasureReceipt | undefined> {
    return this.#attempt('read a receipt', async () => {
      const data = (await this.#layout.receipt(receiptId).get()).data();
      return data && unpack<ErasureReceipt>(data, 'receipt');
    });
  }

  async putReceipt(receipt: ErasureReceipt): Promise<void> {
    await this.#attempt('put a receipt', () =>
      this.#layout.receipt(receipt.receiptId).set(pack(receipt, 'receipt')),
    );
  }

  /** Stops a busy writer, who would overtake every step, for as long as a step may take. */
  async #claim(key: SessionKey): Promise<void> {
    const erasingUntilMs = this.#clock.now() + CLAIM_MS;
    await this.#layout
      .head(key)
      .update({ erasingUntilMs })
      .catch((error: unknown) => {
        // Deleted meanwhile: there is no writer to be stopped.
        if (!isNotFound(error)) throw error;
      });
  }

  /**
   * The head's update time, read before the documents are listed, guards the step: without it an
   * item that a migration packs meanwhile would be counted twice, and one that is appended meanwhile
   * would outlive its head. `undefined`: overtaken.
   */
  async #eraseStep(key: SessionKey, limit: number): Promise<ErasedStep | undefined> {
    this.#known.drop(key);
    const ref = this.#layout.head(key);
    const [head] = await this.#db.getAll(ref, { fieldMask: ['version'] });
    const items = await list(this.#layout.items(key), limit);
    let left = limit - items.length;
    const segments = await list(this.#layout.segments(key), left);
    left -= segments.length;
    const summaries = await list(this.#layout.summaries(key), left);
    left -= summaries.length;
    const replays = await list(this.#layout.replays(key), left);
    left -= replays.length;
    // With room left in this step nothing else can be: each list gave less than it was asked for.
    const isDone = left > 0;
    const batch = this.#db.batch();
    for (const one of [...items, ...segments, ...summaries, ...replays]) batch.delete(one.ref);
    if (head?.updateTime) {
      const precondition = { lastUpdateTime: head.updateTime };
      if (isDone) batch.delete(ref, precondition);
      else {
        const gone = FieldValue.increment(-summaries.length);
        batch.update(ref, { summaries: gone, eraseSteps: FieldValue.increment(1) }, precondition);
      }
    }
    try {
      await batch.commit();
    } catch (thrown) {
      if (isConflict(thrown)) return undefined;
      throw thrown;
    }
    return {
      isDone,
      items: segments.reduce((sum, one) => sum + Number(one.get('count')), items.length),
      segments: segments.length,
      summaries: summaries.length,
    };
  }
}

async function list(
  collection: CollectionReference,
  limit: number,
): Promise<readonly DocumentSnapshot[]> {
  if (limit <= 0) return [];
  return (await collection.limit(limit).select('count').get()).docs;
}
