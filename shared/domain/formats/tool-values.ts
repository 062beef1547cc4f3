import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';

/** Arguments as JSON text, the way OpenAI wants them. Text is taken to be JSON already. */
export const argumentsText = (value: Json): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Arguments as an object, the way Anthropic and Gemini want them. */
export function argumentsObject(value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  if (value === null || value === '') return {};
  if (typeof value !== 'string') return { input: value };
  const parsed = parsedOrNothing(value);
  if (parsed === null) return {};
  return isJsonObject(parsed) ? parsed : { input: parsed ?? value };
}

/** Whether these arguments have to be put into an object, whose text is longer than theirs. */
export function areWrapped(value: Json): boolean {
  if (isJsonObject(value)) return false;
  return typeof value !== 'string' || !isJsonObject(parsedOrNothing(value));
}

// A number of more digits than a double holds would come out changed: such text stays text.
const LONG_NUMBER = /\d{16,}/;

/** A result as an object, the way Gemini wants it. */
export function resultObject(text: string): JsonObject {
  const parsed = LONG_NUMBER.test(text) ? undefined : parsedOrNothing(text);
  return isJsonObject(parsed) ? parsed : { result: text };
}

/** The text of a result object: the inverse of `resultObject` where there is one. */
export function resultText(response: JsonObject): string {
  const { result } = response;
  return typeof result === 'string' && Object.keys(response).length === 1
    ? result
    : JSON.stringify(response);
}

function parsedOrNothing(text: string): Json | undefined {
  try {
    // JSON.parse gives nothing but JSON values.
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // Plain text is an ordinary result.
  }
}
