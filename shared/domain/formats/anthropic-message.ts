import type { JsonObject } from '../../kernel/json.ts';
import { CONTENT_TYPES } from '../item.ts';
import type { MessageFields } from './source.ts';
import { argumentsObject } from './tool-values.ts';

/** The Anthropic message that an item's own fields make; own content types speak as user. */
export function anthropicMessage(item: MessageFields): JsonObject {
  const { content, toolCalls = [], toolCallId = '' } = item;
  switch (item.contentType) {
    case CONTENT_TYPES.system:
      return { role: 'system', content };
    case CONTENT_TYPES.assistant:
      return { role: 'assistant', content };
    case CONTENT_TYPES.toolCall:
      if (toolCalls.length === 0) return { role: 'assistant', content };
      return { role: 'assistant', content: [...textBlocks(content), ...toolCalls.map(toolUse)] };
    case CONTENT_TYPES.toolResult:
      return { role: 'user', content: [toolResult(toolCallId, content)] };
    default:
      // The rest of a message that was split behind its results stays a list, to be joined again.
      return { role: 'user', content: item.source?.part ? textBlocks(content) : content };
  }
}

export const textBlocks = (text: string): JsonObject[] =>
  text === '' ? [] : [{ type: 'text', text }];

export const toolResult = (id: string, content: string): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content === '' ? {} : { content }),
});

const toolUse = ({
  id,
  name,
  arguments: args,
}: NonNullable<MessageFields['toolCalls']>[number]) => ({
  type: 'tool_use',
  id,
  name,
  input: argumentsObject(args),
});
