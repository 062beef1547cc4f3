import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { CONTENT_TYPES, type ItemDraft, type ToolCall } from '../item.ts';
import { joinTexts, objectOf, objectsOf, textOf } from './fields.ts';
import { openaiMessage } from './openai-message.ts';
import { withSource } from './source.ts';

/** Reads chat-completions messages of sound shape: one item each. */
export const readOpenai = (messages: readonly JsonObject[]): ItemDraft[] =>
  messages.map((message) =>
    withSource(draftOf(message), { format: 'openai', message, rebuild: openaiMessage }),
  );

function draftOf(message: JsonObject): Omit<ItemDraft, 'source'> {
  const content = contentText(message);
  switch (message['role']) {
    case 'system':
    case 'developer':
      return { content, contentType: CONTENT_TYPES.system };
    case 'tool': {
      const toolCallId = textOf(message['tool_call_id']);
      return { content, contentType: CONTENT_TYPES.toolResult, toolCallId };
    }
    case 'function': {
      const toolCallId = legacyId(textOf(message['name']));
      return { content, contentType: CONTENT_TYPES.toolResult, toolCallId };
    }
    case 'assistant': {
      const toolCalls = callsOf(message);
      return toolCalls.length > 0
        ? { content, contentType: CONTENT_TYPES.toolCall, toolCalls }
        : { content, contentType: CONTENT_TYPES.assistant };
    }
    default:
      return { content, contentType: CONTENT_TYPES.user };
  }
}

/** What was said, the words of a refusal included; images and sound say nothing here. */
function contentText({ content, refusal }: JsonObject): string {
  const said = typeof content === 'string' ? content : joinTexts(objectsOf(content).map(partText));
  return said === '' ? textOf(refusal) : said;
}

const partText = (part: JsonObject): string =>
  textOf(part['type'] === 'refusal' ? part['refusal'] : part['text']);

/** Before `tool_calls`, a message had one call without an id, answered by the function's name. */
const legacyId = (name: string): string => `${name}#1`;

function callsOf({ tool_calls: calls, function_call: legacy }: JsonObject): ToolCall[] {
  if (!isJsonObject(legacy)) return objectsOf(calls).map(callOf);
  const name = textOf(legacy['name']);
  return [{ id: legacyId(name), name, arguments: textOf(legacy['arguments']) }];
}

function callOf({ id, type, custom, function: called }: JsonObject): ToolCall {
  const [body, input]: [Json | undefined, string] =
    type === 'custom' ? [custom, 'input'] : [called, 'arguments'];
  const fields = objectOf(body);
  return { id: textOf(id), name: textOf(fields['name']), arguments: textOf(fields[input]) };
}
