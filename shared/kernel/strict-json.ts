import { AppError, invalid } from './app-error.ts';
import type { Json } from './json.ts';

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
  assertStorable(value, '', 0);
  return value;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('invalid-argument', 'The body is not valid UTF-8');
  }
}

function assertStorable(value: Json, path: string, depth: number): void {
  if (depth > MAX_DEPTH) fail(path, `is nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') {
    if (!value.isWellFormed()) fail(path, 'has half of a surrogate pair');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) fail(path, 'is a number out of range');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      if (key === '__proto__') fail(join(path, key), 'is not allowed as a key');
      if (!key.isWellFormed()) fail(path, 'has a key with half of a surrogate pair');
      assertStorable(part, join(path, key), depth + 1);
    }
  }
}

const join = (path: string, key: string): string => (path ? `${path}.${key}` : key);

function fail(path: string, message: string): never {
  throw invalid([{ path, message }]);
}
