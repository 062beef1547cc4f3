import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { ItemDraft } from '../item.ts';
import { listOf } from './fields.ts';
import { functionCallOf, functionResponseOf } from './gemini-parts.ts';
import { argumentsText } from './tool-values.ts';

/** Stands for base64 bytes in a countable text: providers don't charge an image by its letters. */
const BYTES_MARKER = '[bytes]';

/** The text whose tokens an item costs: its content, its calls, and what its message has beyond. */
export function countableText({ content, toolCalls = [], source }: ItemDraft): string {
  const calls = toolCalls.flatMap(({ name, arguments: args }) => [name, argumentsText(args)]);
  const beyond = source?.message ? beyondFields(source.message) : [];
  return [content, ...calls, ...beyond].filter((text) => text !== '').join('\n');
}

/** Fields whose text the item carries itself, or that are part of the overhead. */
const COUNTED = [
  'role',
  'content',
  'parts',
  'tool_calls',
  'function_call',
  'tool_call_id',
  'refusal',
];

function beyondFields(message: JsonObject): string[] {
  const extras = Object.entries(message).filter(
    ([field, value]) => value !== null && !COUNTED.includes(field),
  );
  const parts = [...listOf(message['content']), ...listOf(message['parts'])].flatMap(beyondText);
  const values: Json[] = extras.length > 0 ? [...parts, Object.fromEntries(extras)] : parts;
  return values.map((value) => JSON.stringify(withoutBytes(value)));
}

/** What of a part is not in the item's content and calls. */
function beyondText(part: Json): readonly Json[] {
  if (!isJsonObject(part)) return [part];
  const { type, text, thought } = part;
  if (type === 'text' || type === 'refusal' || type === 'tool_use') return [];
  if (type === 'tool_result') return listOf(part['content']).flatMap(beyondText);
  if (typeof text === 'string' && thought !== true) return [];
  if (functionCallOf(part)) return [];
  const response = functionResponseOf(part);
  return response ? listOf(response['parts']) : [part];
}

/** Fields that hold encoded bytes: images, sound, documents, signatures, encrypted results. */
const BYTES_FIELDS = new Set([
  'data',
  'file_data',
  'signature',
  'thoughtSignature',
  'thought_signature',
  'encrypted_content',
]);
const BASE64 = /^[A-Za-z0-9+/_\-\s]*={0,2}$/;
const BASE64_URL = /^data:[^,]*;base64,/;

const isBase64 = (value: Json): boolean => typeof value === 'string' && BASE64.test(value);

function withoutBytes(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (typeof value === 'string') return BASE64_URL.test(value) ? BYTES_MARKER : value;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [
      field,
      BYTES_FIELDS.has(field) && isBase64(inner) ? BYTES_MARKER : withoutBytes(inner),
    ]),
  );
}
