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

/** What the client (9.4) sends everything through, and its database's name: not in its types. */
interface FirestoreInside {
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
  const { request, formattedName } = insideOf(db);
  return typeof request === 'function' && formattedName !== undefined
    ? new ProtocolBatch(formattedName, (message) => request.call(db, 'commit', message, newId()))
    : new ClientBatch(db);
}

function insideOf(db: Firestore): Partial<FirestoreInside> {
  const inside = db as unknown as FirestoreInside;
  try {
    return { request: inside.request, formattedName: inside.formattedName };
  } catch {
    // Before its first call the client may not know its project.
    return {};
  }
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
  readonly #database: string;
  readonly #send: (request: CommitRequest) => Promise<CommitResponse>;
  readonly #writes: Write[] = [];

  constructor(database: string, send: (request: CommitRequest) => Promise<CommitResponse>) {
    this.#database = database;
    this.#send = send;
  }

  create(ref: DocumentReference, data: DocumentData): void {
    this.#writes.push({ update: this.#document(ref, data), currentDocument: { exists: false } });
  }

  set(ref: DocumentReference, data: DocumentData): void {
    this.#writes.push({ update: this.#document(ref, data) });
  }

  update(ref: DocumentReference, data: DocumentData): void {
    this.#writes.push({
      update: this.#document(ref, data),
      updateMask: { fieldPaths: Object.keys(data) },
      currentDocument: { exists: true },
    });
  }

  replace(ref: DocumentReference, data: DocumentData, updateTime: Timestamp): void {
    const { seconds, nanoseconds: nanos } = updateTime;
    const currentDocument = { updateTime: { seconds, nanos } };
    this.#writes.push({ update: this.#document(ref, data), currentDocument });
  }

  delete(ref: DocumentReference): void {
    this.#writes.push({ delete: this.#nameOf(ref) });
  }

  async commit(): Promise<Timestamp | undefined> {
    const request = { database: this.#database, writes: this.#writes };
    const { writeResults = [], commitTime } = await this.#send(request);
    const time = writeResults[0]?.updateTime ?? commitTime;
    return time ? new Timestamp(Number(time.seconds ?? 0), time.nanos ?? 0) : undefined;
  }

  #document(ref: DocumentReference, data: DocumentData) {
    return { name: this.#nameOf(ref), fields: protoFields(data) };
  }

  #nameOf({ path }: DocumentReference): string {
    return `${this.#database}/documents/${path}`;
  }
}
