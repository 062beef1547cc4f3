import type { CollectionReference, DocumentReference, Firestore } from '@google-cloud/firestore';
import type { SessionKey } from '../../domain/ids.ts';
import { composeKey, hashKey } from '../../kernel/key.ts';
import { COLLECTIONS } from '../../topology.ts';

/** 16 digits hold every safe integer, and texts of one length sort as numbers do. */
const SEQ_DIGITS = 16;
const PLAIN_ID = /^[A-Za-z0-9-]{1,200}$/;

/** Where each document stands. */
export class Layout {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get sessions(): CollectionReference {
    return this.#db.collection(COLLECTIONS.sessions);
  }

  get deadLetters(): CollectionReference {
    return this.#db.collection(COLLECTIONS.deadLetters);
  }

  head(key: SessionKey): DocumentReference {
    return this.sessions.doc(key);
  }

  items(key: SessionKey): CollectionReference {
    return this.head(key).collection(COLLECTIONS.items);
  }

  item(key: SessionKey, seq: number): DocumentReference {
    return this.items(key).doc(paddedSeq(seq));
  }

  segments(key: SessionKey): CollectionReference {
    return this.head(key).collection(COLLECTIONS.segments);
  }

  segment(key: SessionKey, firstSeq: number): DocumentReference {
    return this.segments(key).doc(paddedSeq(firstSeq));
  }

  summaries(key: SessionKey): CollectionReference {
    return this.head(key).collection(COLLECTIONS.summaries);
  }

  summary(key: SessionKey, id: string): DocumentReference {
    return this.summaries(key).doc(documentIdOf(id));
  }

  replays(key: SessionKey): CollectionReference {
    return this.head(key).collection(COLLECTIONS.replays);
  }

  replay(key: SessionKey, replayKey: string): DocumentReference {
    return this.replays(key).doc(hashKey(composeKey(replayKey)));
  }

  receipt(receiptId: string): DocumentReference {
    return this.#db.collection(COLLECTIONS.erasures).doc(documentIdOf(receiptId));
  }

  tombstone(userId: string): DocumentReference {
    return this.#db.collection(COLLECTIONS.tombstones).doc(userKeyOf(userId));
  }

  sweep(name: string): DocumentReference {
    return this.#db.collection(COLLECTIONS.sweeps).doc(documentIdOf(name));
  }

  secret(name: string): DocumentReference {
    return this.#db.collection(COLLECTIONS.secrets).doc(documentIdOf(name));
  }
}

/** The name of an item's or a segment's document. */
export const paddedSeq = (seq: number): string => String(seq).padStart(SEQ_DIGITS, '0');

/** Callers may ask for any text; not every text may name a document. */
const documentIdOf = (id: string): string =>
  PLAIN_ID.test(id) ? id : `_${hashKey(composeKey(id))}`;

/** Stands for the user in indexes: short, of one length, and any Unicode goes. */
export const userKeyOf = (userId: string): string => hashKey(composeKey(userId));

/**
 * An identifier as text that Firestore keeps as it is: it may hold lone surrogates. Injective, and
 * the order of plain identifiers stays.
 */
export const encodeId = (id: string): string => JSON.stringify(id).slice(1, -1);
export const decodeId = (text: string): string => String(JSON.parse(`"${text}"`));
