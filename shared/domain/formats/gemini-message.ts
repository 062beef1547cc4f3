import type { JsonObject } from '../../kernel/json.ts';
import { CONTENT_TYPES, type ToolCall } from '../item.ts';
import { CallCounter, nameInMadeId } from './gemini-parts.ts';
import type { MessageFields } from './source.ts';
import { argumentsObject, resultObject } from './tool-values.ts';

/** The Gemini content that an item's own fields make; own content types speak as user. */
export function geminiMessage(item: MessageFields): JsonObject {
  const { content, toolCalls = [], toolCallId = '' } = item;
  switch (item.contentType) {
    case CONTENT_TYPES.system:
      return { parts: [{ text: content }] };
    case CONTENT_TYPES.assistant:
      return { role: 'model', parts: [{ text: content }] };
    case CONTENT_TYPES.toolCall:
      return { role: 'model', parts: [...textParts(content), ...callParts(toolCalls)] };
    case CONTENT_TYPES.toolResult:
      return { role: 'user', parts: [responsePart(toolCallId, content)] };
    default:
      return { role: 'user', parts: [{ text: content }] };
  }
}

export const textParts = (text: string): JsonObject[] => (text === '' ? [] : [{ text }]);

function callParts(calls: readonly ToolCall[]): JsonObject[] {
  const counter = new CallCounter();
  return calls.map(({ id, name, arguments: args }) => {
    const isMade = nameInMadeId(id) === name && id === counter.next(name);
    return { functionCall: { ...(isMade ? {} : { id }), name, args: argumentsObject(args) } };
  });
}

function responsePart(id: string, content: string): JsonObject {
  const name = nameInMadeId(id);
  const address: JsonObject = name === undefined ? { id } : { name };
  return { functionResponse: { ...address, response: resultObject(content) } };
}
