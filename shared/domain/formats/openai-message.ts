import type { JsonObject } from '../../kernel/json.ts';
import { CONTENT_TYPES } from '../item.ts';
import type { MessageFields } from './source.ts';
import { argumentsText } from './tool-values.ts';

/** The OpenAI message that an item's own fields make; a caller's own content type speaks as user. */
export function openaiMessage({
  content,
  contentType,
  toolCalls = [],
  toolCallId = '',
}: MessageFields): JsonObject {
  switch (contentType) {
    case CONTENT_TYPES.system:
      return { role: 'system', content };
    case CONTENT_TYPES.assistant:
      return { role: 'assistant', content };
    case CONTENT_TYPES.toolCall:
      if (toolCalls.length === 0) return { role: 'assistant', content };
      return {
        role: 'assistant',
        content: content === '' ? null : content,
        tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
          id,
          type: 'function',
          function: { name, arguments: argumentsText(args) },
        })),
      };
    case CONTENT_TYPES.toolResult:
      return { role: 'tool', tool_call_id: toolCallId, content };
    default:
      return { role: 'user', content };
  }
}
