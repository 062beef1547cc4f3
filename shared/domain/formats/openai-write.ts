import { isJsonObject, type JsonObject } from '../../kernel/json.ts';
import type { Item } from '../item.ts';
import { isBlank, listOf, objectOf, objectsOf, textOf, without } from './fields.ts';
import { openaiMessage } from './openai-message.ts';
import { MEMORY_NAME } from './overhead.ts';
import { UNANSWERED_RESULT_TEXT } from './placeholders.ts';
import type { RenderInput } from './render-input.ts';
import { originalOf } from './source.ts';
import { CallIds, commonToolName } from './tool-naming.ts';
import { type Answer, type Exchange, writeGroups } from './turns.ts';

const OWN_ID = /^[\s\S]+$/;
const PLAIN_ID = /^[a-zA-Z0-9_-]+$/;

/** System text stays in its place, and the memory is a user message of its own name. */
export function writeOpenai({ before, memory = '', recent }: RenderInput): JsonObject[] {
  const ids = new CallIds(PLAIN_ID);
  const writer = { single, exchange: (exchange: Exchange) => exchangeMessages(exchange, ids) };
  const remembered = isBlank(memory) ? [] : [{ role: 'user', name: MEMORY_NAME, content: memory }];
  return [...writeGroups(before, writer), ...remembered, ...writeGroups(recent, writer)];
}

function single(item: Item): JsonObject | undefined {
  const original = originalOf('openai', item, openaiMessage);
  if (original) return cleaned(original);
  return item.content === '' ? undefined : openaiMessage(item);
}

/** SDKs write absent calls as null or as an empty list, and the API takes neither back. */
function cleaned(message: JsonObject): JsonObject | undefined {
  const { content, tool_calls: calls, refusal, audio, function_call: legacy } = message;
  const isBare = calls === null || (Array.isArray(calls) && calls.length === 0);
  const clean = isBare ? without(message, 'tool_calls') : message;
  const isEmpty = (content ?? null) === null || (Array.isArray(content) && content.length === 0);
  if (!isEmpty) return clean;
  if (message['role'] === 'function') return { ...clean, content: null };
  if (message['role'] === 'tool') return { ...clean, content: '' };
  if (!(listOf(calls).length > 0 || legacy || refusal || audio)) return undefined;
  return Array.isArray(content) ? { ...clean, content: null } : clean;
}

function exchangeMessages({ call, answers }: Exchange, ids: CallIds): JsonObject[] {
  const message = callMessage(call, ids);
  return [message, ...answers.map((answer) => resultMessage(answer, message))];
}

function callMessage(call: Item, ids: CallIds): JsonObject {
  const original = originalOf('openai', call, openaiMessage);
  const message = original && cleaned(original);
  if (isJsonObject(message?.['function_call'])) return message;
  const calls = message ? objectsOf(message['tool_calls']) : objectsOf(foreignCalls(call));
  // OpenAI pairs results with the message just before them, and its own transcripts do use an id
  // again in a later message: such an id stays. Ids from elsewhere are made unique throughout.
  const claims = message ? new CallIds(OWN_ID) : ids;
  const named = calls.map((entry) => ({
    type: 'function',
    ...entry,
    id: claims.claim(textOf(entry['id']), message !== undefined),
  }));
  return { ...(message ?? openaiMessage(call)), tool_calls: named };
}

const foreignCalls = (call: Item) =>
  openaiMessage({
    ...call,
    toolCalls:
      call.toolCalls?.map((entry) => ({ ...entry, name: commonToolName(entry.name) })) ?? [],
  })['tool_calls'];

function resultMessage({ index, result }: Answer, call: JsonObject): JsonObject {
  const { function_call: legacy } = call;
  const role = isJsonObject(legacy) ? 'function' : 'tool';
  const address: JsonObject = isJsonObject(legacy)
    ? { name: textOf(legacy['name']) }
    : { tool_call_id: textOf(objectOf(listOf(call['tool_calls'])[index])['id']) };
  if (!result) return { role, ...address, content: UNANSWERED_RESULT_TEXT };
  const original = originalOf('openai', result, openaiMessage);
  const clean = original?.['role'] === role ? cleaned(original) : undefined;
  return { ...(clean ?? { role, content: result.content }), ...address };
}
