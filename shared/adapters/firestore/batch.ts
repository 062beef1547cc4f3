import {
  type DocumentData,
  type DocumentReference,
  type Firestore,
  Timestamp,
  type WriteBatch,
} from '@google-cloud/firestore';
import { newId } from '../../kernel/new-id.ts';
import { type ProtoFields, type ProtoTime, protoFields } from './proto-values.ts';
import { ClientWrites, type Writes } from './writes.ts';

/** Writes that take effect together. */
export interface Batch extends Writes {
  /** @returns when the first document was written, by Firestore's clock. */
  commit(): Promise<Timestamp | undefined>;
}

/** What the client (9.4) does before its calls, and sends them through: not in its types. */
interface FirestoreInside {
  /** Finds the project, and what an emulator takes for the right to do everything. */
  initializeIfNeeded(tag: string): Promise<void>;
  /** The name of the database, once that is done. */
  readonly formattedName: string;
  request(method: 'commit', request: CommitRequest, tag: string): Promise<CommitResponse>;
}

// As in https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1.
interface CommitRequest {
  readonly database: string;
  readonly writes: readonly Write[];
}

interface Write {
  readonly update?: { readonly name: string; readonly fields: ProtoFields };
  readonly updateMask?: { readonly fieldPaths: readonly string[] };
  readonly delete?: string;
  readonly currentDocument?: { readonly exists: boolean } | { readonly updateTime: ProtoTime };
}

interface CommitResponse {
  readonly writeResults?: readonly { readonly updateTime?: ProtoTime | null }[];
  readonly commitTime?: ProtoTime | null;
}

/**
 * A batch in the shape of the protocol, or, where the client does not let it through, one of the
 * client's. That one cannot replace a whole document under a precondition: its `update` of all
 * fields takes the emulator longer, and itself too (infra/decisions/0010-firestore.md).
 */
export function openBatch(db: Firestore): Batch {
  const inside = db as unknown as FirestoreInside;
  const { request, initializeIfNeeded } = inside as Partial<FirestoreInside>;
  const letsThrough = typeof request === 'function' && typeof initializeIfNeeded === 'function';
  return letsThrough ? new ProtocolBatch(inside) : new ClientBatch(db);
}

/** A batch by the client's own means. */
export class ClientBatch extends ClientWrites implements Batch {
  readonly #batch: WriteBatch;

  constructor(db: Firestore) {
    const batch = db.batch();
    super(batch);
    this.#batch = batch;
  }

  async commit(): Promise<Timestamp | undefined> {
    return (await this.#batch.commit())[0]?.writeTime;
  }
}

class ProtocolBatch implements Batch {
  readonly #inside: FirestoreInside;
  /** They name the database, which is known when they are sent. */
  readonly #writes: ((database: string) => Write)[] = [];

  constructor(inside: FirestoreInside) {
    this.#inside = inside;
  }

  create(ref: DocumentReference, data: DocumentData): void {
    this.#put(ref, data, { currentDocument: { exists: false } });
  }

  set(ref: DocumentReference, data: DocumentData): void {
    this.#put(ref, data, {});
  }

  update(ref: DocumentReference, data: DocumentData): void {
    const updateMask = { fieldPaths: Object.keys(data) };
    this.#put(ref, data, { updateMask, currentDocument: { exists: true } });
  }

  replace(ref: DocumentReference, data: DocumentData, updateTime: Timestamp): void {
    const { seconds, nanoseconds: nanos } = updateTime;
    this.#put(ref, data, { currentDocument: { updateTime: { seconds, nanos } } });
  }

  delete({ path }: DocumentReference): void {
    this.#writes.push((database) => ({ delete: nameOf(database, path) }));
  }

  async commit(): Promise<Timestamp | undefined> {
    const tag = newId();
    await this.#inside.initializeIfNeeded(tag);
    const database = this.#inside.formattedName;
    const writes = this.#writes.map((writeIn) => writeIn(database));
    const answer = await this.#inside.request('commit', { database, writes }, tag);
    const time = answer.writeResults?.[0]?.updateTime ?? answer.commitTime;
    return time ? new Timestamp(Number(time.seconds ?? 0), time.nanos ?? 0) : undefined;
  }

  #put({ path }: DocumentReference, data: DocumentData, rest: Omit<Write, 'update' | 'delete'>) {
    const fields = protoFields(data);
    this.#writes.push((database) => ({
      update: { name: nameOf(database, path), fields },
      ...rest,
    }));
  }
}

const nameOf = (database: string, path: string): string => `${database}/documents/${path}`;
