import {
  type DocumentData,
  type DocumentReference,
  FieldValue,
  type Timestamp,
  type Transaction,
  type WriteBatch,
} from '@google-cloud/firestore';

/** Takes the writes of one commit. Fields that are `undefined` are not to be there afterwards. */
export interface Writes {
  create(ref: DocumentReference, data: DocumentData): void;
  set(ref: DocumentReference, data: DocumentData): void;
  /** Changes these fields of a document that is there. */
  update(ref: DocumentReference, data: DocumentData): void;
  /** Puts all fields of a document that was last written at that time. */
  replace(ref: DocumentReference, data: DocumentData, updateTime: Timestamp): void;
  delete(ref: DocumentReference): void;
}

/** Writes by the client's own means. */
export class ClientWrites implements Writes {
  // A batch and a transaction have the same methods for writes, but no common type.
  readonly #to: WriteBatch;

  constructor(to: WriteBatch | Transaction) {
    this.#to = to as WriteBatch;
  }

  create(ref: DocumentReference, data: DocumentData): void {
    this.#to.create(ref, data);
  }

  set(ref: DocumentReference, data: DocumentData): void {
    this.#to.set(ref, data);
  }

  update(ref: DocumentReference, data: DocumentData): void {
    this.#to.update(ref, data);
  }

  replace(ref: DocumentReference, data: DocumentData, updateTime: Timestamp): void {
    // A `set` of the client has no precondition.
    this.#to.update(ref, clearAbsent(data), { lastUpdateTime: updateTime });
  }

  delete(ref: DocumentReference): void {
    this.#to.delete(ref);
  }
}

const clearAbsent = (fields: DocumentData): DocumentData =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value === undefined ? FieldValue.delete() : value,
    ]),
  );
