import {
  type DocumentReference,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
} from '@google-cloud/firestore';
import type { DeadLetter, DeadLetters } from '../../ports/dead-letters.ts';
import type { Attempt } from './firestore-error.ts';
import { type Layout, userKeyOf } from './layout.ts';
import { packLarge, unpack } from './packing.ts';

/** A message may be larger than a document: what is left over goes into parts beside it. */
const PART_BYTES = 900_000;
const ERASED_AT_ONCE = 100;

/** Dead letters in Firestore, ordered by the server's clock. */
export class FirestoreDeadLetters implements DeadLetters {
  readonly #db: Firestore;
  readonly #layout: Layout;
  readonly #attempt: Attempt;

  constructor(db: Firestore, layout: Layout, attempt: Attempt) {
    this.#db = db;
    this.#layout = layout;
    this.#attempt = attempt;
  }

  async add(letter: DeadLetter): Promise<void> {
    const { codec, crc, body } = packLarge(letter);
    const [first = body, ...rest] = partsOf(body);
    const ref = this.#layout.deadLetters.doc();
    await this.#attempt('keep a dead letter', async () => {
      const batch = this.#db.batch();
      const user = letter.userId === undefined ? {} : { user: userKeyOf(letter.userId) };
      const addedAt = FieldValue.serverTimestamp();
      batch.create(ref, { ...user, addedAt, codec, crc, body: first, parts: rest.length });
      for (const [index, part] of rest.entries()) batch.create(partRef(ref, index), { body: part });
      await batch.commit();
    });
  }

  async list(limit: number): Promise<readonly DeadLetter[]> {
    return this.#attempt('list dead letters', async () => {
      const { docs } = await this.#layout.deadLetters.orderBy('addedAt', 'desc').limit(limit).get();
      return Promise.all(docs.map((document) => this.#letterOf(document)));
    });
  }

  async eraseUser(userId: string): Promise<void> {
    await this.#attempt('erase dead letters', async () => {
      for (;;) {
        const letters = await this.#layout.deadLetters
          .where('user', '==', userKeyOf(userId))
          .limit(ERASED_AT_ONCE)
          .select('parts')
          .get();
        if (letters.empty) return;
        const batch = this.#db.batch();
        for (const letter of letters.docs) {
          for (const ref of partRefs(letter)) batch.delete(ref);
          batch.delete(letter.ref);
        }
        await batch.commit();
      }
    });
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

const partRef = (letter: DocumentReference, index: number): DocumentReference =>
  letter.collection('parts').doc(String(index));

const partRefs = (letter: DocumentSnapshot): DocumentReference[] =>
  Array.from({ length: Number(letter.get('parts')) }, (_, index) => partRef(letter.ref, index));

function partsOf(body: Uint8Array): Uint8Array[] {
  const count = Math.ceil(body.byteLength / PART_BYTES);
  return Array.from({ length: count }, (_, index) =>
    body.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
  );
}
