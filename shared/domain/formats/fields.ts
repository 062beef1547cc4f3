import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';

// Readers that never fail: what has the wrong type is read as nothing.

export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

export const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? value : [];

export const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

export const objectsOf = (value: Json | undefined): readonly JsonObject[] =>
  listOf(value).filter(isJsonObject);

export const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

/** Texts of several parts as one: a line each, so that no two words run together. */
export const joinTexts = (texts: readonly string[]): string =>
  texts.filter((text) => text !== '').join('\n');

/** Nothing but white space, in JavaScript's sense or in Unicode's: they differ in two characters. */
export const isBlank = (text: string): boolean => /^[\s\p{White_Space}]*$/u.test(text);

export const trimmedEnd = (text: string): string => {
  let end = text.length;
  while (end > 0 && isBlank(text.charAt(end - 1))) end--;
  return text.slice(0, end);
};

/** The fields of several messages as one; a later message wins. */
export const merged = (messages: readonly JsonObject[]): JsonObject =>
  Object.fromEntries(messages.flatMap((message) => Object.entries(message)));
