import { AppError, invalid } from './app-error.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** Deep enough for any tool's arguments, and far from what a recursive reader's stack bears. */
const MAX_DEPTH = 64;

/**
 * Reads JSON from bytes, and refuses what could not be stored and given back as it came: invalid
 * UTF-8, half surrogate pairs, numbers beyond the range of doubles; and what is only ever an attack:
 * `__proto__` keys and very deep nesting.
 *
 * @throws AppError `invalid-argument` that says where.
 */
export function parseStrictJson(bytes: Uint8Array): Json {
  const text = decodeUtf8(bytes);
  let value: Json;
  try {
    // JSON.parse gives nothing else.
    value = JSON.parse(text) as Json;
  } catch {
    throw new AppError('invalid-argument', 'The body is not valid JSON');
  }
  const found = faultIn(value, 0);
  if (found) throw invalid([{ path: found.path.toReversed().join('.'), message: found.message }]);
  return value;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('invalid-argument', 'The body is not valid UTF-8');
  }
}

interface Fault {
  /** From the inside out: written down only where there is a fault, for a body has millions of values. */
  readonly path: string[];
  readonly message: string;
}

const fault = (message: string, ...path: string[]): Fault => ({ path, message });

/** The first fault of a value; `undefined`: it can be stored. */
function faultIn(value: Json, depth: number): Fault | undefined {
  if (depth > MAX_DEPTH) return fault(`is nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string')
    return value.isWellFormed() ? undefined : fault('has half of a surrogate pair');
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : fault('is a number out of range');
  if (typeof value !== 'object' || value === null) return undefined;
  return isJsonObject(value) ? faultInObject(value, depth) : faultInList(value, depth);
}

function faultInList(values: readonly Json[], depth: number): Fault | undefined {
  for (let index = 0; index < values.length; index++) {
    const found = faultIn(values[index] ?? null, depth + 1);
    if (found) return within(found, String(index));
  }
  return undefined;
}

function faultInObject(object: JsonObject, depth: number): Fault | undefined {
  for (const key of Object.keys(object)) {
    if (key === '__proto__') return fault('is not allowed as a key', key);
    if (!key.isWellFormed()) return fault('has a key with half of a surrogate pair');
    const found = faultIn(object[key] ?? null, depth + 1);
    if (found) return within(found, key);
  }
  return undefined;
}

function within(found: Fault, key: string): Fault {
  found.path.push(key);
  return found;
}
