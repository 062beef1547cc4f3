/** What JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Size of a text in UTF-8 bytes, without encoding it. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Size of a value as JSON text, in UTF-8 bytes; nothing has no size. */
export const jsonBytes = (value: unknown): number =>
  value === undefined ? 0 : utf8Bytes(JSON.stringify(value));

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON text with object keys in one order, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isJsonObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}
