import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { isJsonObject, type JsonObject } from '../../shared/kernel/json.ts';
import type { Recording } from './conversation/turns-of.ts';
import { DemoError } from './demo-error.ts';

const SHAPES =
  'a list of messages, a list of such lists, {"messages": […]}, [{"traj": […]}], or one of these a line';

/** @throws DemoError with one line when the file cannot be used. */
export async function readRecordings(path: string): Promise<Recording[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new DemoError(`${path}: ${reason} (${String(code)})`);
  });
  const prefix = basename(path, extname(path));
  const runs = recordingsIn(parse(text, path)).filter((messages) => messages.length > 0);
  if (runs.length === 0) throw new DemoError(`${path}: no messages found; expected ${SHAPES}`);
  const width = String(runs.length).length;
  return runs.map((messages, index) => ({
    name: `${prefix}-${String(index + 1).padStart(width, '0')}`,
    messages,
  }));
}

/** The runs in a parsed file, each a list of chat-completions messages. */
export function recordingsIn(value: unknown): JsonObject[][] {
  if (isMessages(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(recordingsIn);
  if (!isJsonObject(value)) return [];
  return [value['messages'], value['traj']].filter(isMessages);
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseLines(text, path);
  }
}

function parseLines(text: string, path: string): unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  try {
    return lines.map((line) => JSON.parse(line));
  } catch {
    throw new DemoError(`${path}: is not JSON; expected ${SHAPES}`);
  }
}

const isMessages = (value: unknown): value is JsonObject[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => isJsonObject(one) && typeof one['role'] === 'string');
