import type { DocumentData, DocumentReference, Timestamp } from '@google-cloud/firestore';
import { AppError } from '../../kernel/app-error.ts';
import { utf8Bytes } from '../../kernel/json.ts';
import type { Writes } from './writes.ts';

const MIB = 1_048_576;
/** What one request takes (2026-11, https://firebase.google.com/docs/firestore/quotas). */
export const REQUEST_MAX_BYTES = 10 * MIB;
/** The emulator answers a larger one with RESOURCE_EXHAUSTED, which the client tries for minutes. */
export const EMULATOR_REQUEST_MAX_BYTES = 4 * MIB;

// Upper bounds: the protocol's own bytes around a write, with the names of project and database, and
// around a field; a number, an instant or what the server fills in.
const WRITE_BYTES = 192;
const FIELD_BYTES = 12;
const SMALL_VALUE_BYTES = 24;

/** The writes of one request, which it counts: past the limit nobody may send them. */
export class SizedWrites implements Writes {
  readonly #to: Writes;
  #bytes = 0;

  constructor(to: Writes) {
    this.#to = to;
  }

  create(ref: DocumentReference, data: DocumentData): void {
    this.#count(ref, data);
    this.#to.create(ref, data);
  }

  set(ref: DocumentReference, data: DocumentData): void {
    this.#count(ref, data);
    this.#to.set(ref, data);
  }

  update(ref: DocumentReference, data: DocumentData): void {
    this.#count(ref, data);
    this.#to.update(ref, data);
  }

  replace(ref: DocumentReference, data: DocumentData, updateTime: Timestamp): void {
    this.#count(ref, data);
    this.#to.replace(ref, data, updateTime);
  }

  delete(ref: DocumentReference): void {
    this.#count(ref, {});
    this.#to.delete(ref);
  }

  /** @throws AppError `payload-too-large`. */
  assertFits(maxBytes: number): void {
    const bytes = this.#bytes;
    if (bytes <= maxBytes) return;
    const text = `This would take ${bytes} bytes as it is stored; ${maxBytes} can be written at once`;
    throw new AppError('payload-too-large', text, { details: { bytes, maxBytes } });
  }

  #count(ref: DocumentReference, data: DocumentData): void {
    this.#bytes += WRITE_BYTES + ref.path.length + mapBytes(data);
  }
}

const mapBytes = (data: DocumentData): number =>
  Object.entries(data).reduce(
    (sum, [name, value]) => sum + FIELD_BYTES + name.length + bytesOf(value),
    0,
  );

function bytesOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value === 'string') return utf8Bytes(value);
  const isMap = typeof value === 'object' && value?.constructor === Object;
  return isMap ? mapBytes(value) : SMALL_VALUE_BYTES;
}
