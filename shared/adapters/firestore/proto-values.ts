import { Timestamp } from '@google-cloud/firestore';

/** An instant in the protocol; seconds may be a 64-bit integer of any kind. */
export interface ProtoTime {
  readonly seconds?: number | string | { toString(): string } | null;
  readonly nanos?: number | null;
}

/** A value in the protocol: one field, named by its type. */
type ProtoValue =
  | { readonly stringValue: string }
  | { readonly integerValue: number }
  | { readonly doubleValue: number }
  | { readonly booleanValue: boolean }
  | { readonly bytesValue: Uint8Array }
  | { readonly timestampValue: ProtoTime }
  | { readonly arrayValue: { readonly values: readonly ProtoValue[] } }
  | { readonly mapValue: { readonly fields: ProtoFields } };

export type ProtoFields = Readonly<Record<string, ProtoValue>>;

/**
 * Fields as the protocol has them; those that are `undefined` are left out.
 * https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#value
 *
 * @throws TypeError for a value of a type that no document of ours holds.
 */
export function protoFields(fields: object): ProtoFields {
  const proto: Record<string, ProtoValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) proto[name] = protoValue(value);
  }
  return proto;
}

function protoValue(value: unknown): ProtoValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { integerValue: value } : { doubleValue: value };
  }
  if (typeof value === 'boolean') return { booleanValue: value };
  if (value instanceof Uint8Array) return { bytesValue: value };
  if (value instanceof Timestamp) {
    return { timestampValue: { seconds: value.seconds, nanos: value.nanoseconds } };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(protoValue) } };
  if (typeof value === 'object' && value?.constructor === Object) {
    return { mapValue: { fields: protoFields(value) } };
  }
  throw new TypeError(`No document holds a value of this type: ${typeof value}`);
}
