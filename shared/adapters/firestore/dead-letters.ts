import {
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  Timestamp,
} from '@google-cloud/firestore';
import type { Clock } from '../../kernel/clock.ts';
import type { DeadLetter, DeadLetters } from '../../ports/dead-letters.ts';
import { type Attempt, isNotFound } from './firestore-error.ts';
import { type Layout, userKeyOf } from './layout.ts';
import { packLarge, unpack } from './packing.ts';

const PARTS = 'parts';
/** A message may be larger than a document: what is left over goes into parts beside it. */
const PART_BYTES = 900_000;
const ERASED_AT_ONCE = 100;
/** https://firebase.google.com/docs/firestore/quotas */
const MAX_DOCUMENT_BYTES = 1_048_576;

export interface FirestoreDeadLettersOptions {
  readonly db: Firestore;
  readonly layout: Layout;
  readonly attempt: Attempt;
  readonly clock: Clock;
  /** What one request takes. */
  readonly maxRequestBytes: number;
}

/** Dead letters in Firestore, ordered by the server's clock. */
export class FirestoreDeadLetters implements DeadLetters {
  readonly #db: Firestore;
  readonly #layout: Layout;
  readonly #attempt: Attempt;
  readonly #clock: Clock;
  readonly #partsAtOnce: number;

  constructor({ db, layout, attempt, clock, maxRequestBytes }: FirestoreDeadLettersOptions) {
    this.#db = db;
    this.#layout = layout;
    this.#attempt = attempt;
    this.#clock = clock;
    this.#partsAtOnce = Math.floor(maxRequestBytes / MAX_DOCUMENT_BYTES);
  }

  async add(letter: DeadLetter): Promise<void> {
    const { codec, crc, body } = packLarge(JSON.stringify(letter));
    const [first = body, ...rest] = partsOf(body);
    const ref = this.#layout.deadLetters.doc();
    const user = letter.userId === undefined ? {} : { user: userKeyOf(letter.userId) };
    const addedAt = FieldValue.serverTimestamp();
    const lasting = { ...user, expireAt: Timestamp.fromMillis(letter.expiresAtMs) };
    const fields = { ...lasting, addedAt, codec, crc, body: first, parts: rest.length };
    const parts = rest.map((body) => ({ ...lasting, body }));
    await this.#attempt('keep a dead letter', () =>
      rest.length < this.#partsAtOnce
        ? this.#addAtOnce(ref, fields, parts)
        : this.#addInSteps(ref, fields, parts),
    );
  }

  async #addAtOnce(
    ref: DocumentReference,
    fields: DocumentData,
    parts: readonly DocumentData[],
  ): Promise<void> {
    const batch = this.#db.batch();
    batch.create(ref, fields);
    for (const [index, part] of parts.entries()) batch.create(partRef(ref, index), part);
    await batch.commit();
  }

  /**
   * One that is larger than a request: the letter comes first, so that an erasure finds its parts,
   * and is listed once all of them are there. One that was cut off is added again with its message.
   */
  async #addInSteps(
    ref: DocumentReference,
    fields: DocumentData,
    parts: readonly DocumentData[],
  ): Promise<void> {
    await ref.create({ ...fields, isPartial: true });
    for (let from = 0; from < parts.length; from += this.#partsAtOnce) {
      const batch = this.#db.batch();
      for (const [index, part] of parts.slice(from, from + this.#partsAtOnce).entries()) {
        batch.create(partRef(ref, from + index), part);
      }
      await batch.commit();
    }
    try {
      await ref.update({ isPartial: FieldValue.delete() });
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      // Erased meanwhile: what came after that goes too.
      await Promise.all(parts.map((_, index) => partRef(ref, index).delete()));
    }
  }

  async list(limit: number): Promise<readonly DeadLetter[]> {
    return this.#attempt('list dead letters', async () => {
      const ordered = this.#layout.deadLetters.orderBy('addedAt', 'desc').limit(limit);
      const listed: DocumentSnapshot[] = [];
      for (let page = ordered; ; ) {
        const { docs } = await page.get();
        const live = docs.filter((document) => isListed(document, this.#clock.now()));
        listed.push(...live.slice(0, limit - listed.length));
        const last = docs.at(-1);
        if (!last || docs.length < limit || listed.length === limit) break;
        page = ordered.startAfter(last);
      }
      return Promise.all(listed.map((document) => this.#letterOf(document)));
    });
  }

  /** Their time to live does: the policy on `expireAt`. */
  async deleteExpired(): Promise<void> {}

  async eraseUser(userId: string): Promise<void> {
    await this.#attempt('erase dead letters', async () => {
      for (;;) {
        const letters = await this.#layout.deadLetters
          .where('user', '==', userKeyOf(userId))
          .limit(ERASED_AT_ONCE)
          .select('parts')
          .get();
        if (letters.empty) break;
        const batch = this.#db.batch();
        for (const letter of letters.docs) {
          for (const ref of partRefs(letter)) batch.delete(ref);
          batch.delete(letter.ref);
        }
        await batch.commit();
      }
      await this.#eraseLoneParts(userId);
    });
  }

  /** Each document of a letter that expired goes when its time comes: parts may outlive it by hours. */
  async #eraseLoneParts(userId: string): Promise<void> {
    for (;;) {
      const parts = await this.#db
        .collectionGroup(PARTS)
        .where('user', '==', userKeyOf(userId))
        .limit(ERASED_AT_ONCE)
        .select()
        .get();
      if (parts.empty) return;
      const batch = this.#db.batch();
      for (const { ref } of parts.docs) batch.delete(ref);
      await batch.commit();
    }
  }

  async #letterOf(document: DocumentSnapshot): Promise<DeadLetter> {
    const { codec, crc, body } = document.data() ?? {};
    const refs = partRefs(document);
    const parts = refs.length > 0 ? await this.#db.getAll(...refs) : [];
    const whole = Buffer.concat([
      body,
      ...parts.map((part) => part.get('body') ?? Buffer.alloc(0)),
    ]);
    return unpack<DeadLetter>({ codec, crc, body: whole }, 'dead letter');
  }
}

/** Whole, and not expired; what has no end is from before letters had one. */
function isListed(document: DocumentSnapshot, nowMs: number): boolean {
  const expireAt: unknown = document.get('expireAt');
  const isOver = expireAt instanceof Timestamp && expireAt.toMillis() <= nowMs;
  return !isOver && document.get('isPartial') !== true;
}

const partRef = (letter: DocumentReference, index: number): DocumentReference =>
  letter.collection(PARTS).doc(String(index));

const partRefs = (letter: DocumentSnapshot): DocumentReference[] =>
  Array.from({ length: Number(letter.get('parts')) }, (_, index) => partRef(letter.ref, index));

function partsOf(body: Uint8Array): Uint8Array[] {
  const count = Math.ceil(body.byteLength / PART_BYTES);
  return Array.from({ length: count }, (_, index) =>
    body.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
  );
}
