import type { Json, JsonObject } from '../../kernel/json.ts';
import { CONTENT_TYPES, type ItemDraft } from '../item.ts';
import { anthropicMessage } from './anthropic-message.ts';
import { joinTexts, objectOf, objectsOf, textOf } from './fields.ts';
import { withSource } from './source.ts';
import { type Slice, splitResults } from './split-results.ts';

/** Reads Anthropic messages of sound shape, with the system text as the first item. */
export function readAnthropic(messages: readonly JsonObject[], system?: Json): ItemDraft[] {
  const hasSystem = Array.isArray(system) ? system.length > 0 : textOf(system) !== '';
  const all =
    system !== undefined && hasSystem
      ? [{ role: 'system', content: system }, ...messages]
      : messages;
  return all.flatMap(itemsOf);
}

function itemsOf(message: JsonObject): ItemDraft[] {
  const { role, content } = message;
  const text = contentText(content);
  const whole = (draft: Omit<ItemDraft, 'source'>) => [
    withSource(draft, { format: 'anthropic', message, rebuild: anthropicMessage }),
  ];
  if (role === 'system') return whole({ content: text, contentType: CONTENT_TYPES.system });
  if (role === 'assistant') {
    const toolCalls = objectsOf(content).filter(isToolUse).map(callOf);
    return toolCalls.length > 0
      ? whole({ content: text, contentType: CONTENT_TYPES.toolCall, toolCalls })
      : whole({ content: text, contentType: CONTENT_TYPES.assistant });
  }
  const slices = splitResults(objectsOf(content), isToolResult);
  if (!slices.some(({ result }) => result))
    return whole({ content: text, contentType: CONTENT_TYPES.user });
  return slices.map((slice, index) =>
    withSource(draftOf(slice), {
      format: 'anthropic',
      message: { ...(index === 0 ? message : { role: 'user' }), content: slice.blocks },
      ...(slices.length > 1 ? { part: { index, of: slices.length } } : {}),
      rebuild: anthropicMessage,
    }),
  );
}

const draftOf = ({ result, blocks }: Slice): Omit<ItemDraft, 'source'> =>
  result
    ? {
        content: contentText(result['content']),
        contentType: CONTENT_TYPES.toolResult,
        toolCallId: textOf(result['tool_use_id']),
      }
    : { content: contentText(blocks), contentType: CONTENT_TYPES.user };

const isToolUse = ({ type }: JsonObject): boolean => type === 'tool_use';
const isToolResult = ({ type }: JsonObject): boolean => type === 'tool_result';

const callOf = ({ id, name, input }: JsonObject) => ({
  id: textOf(id),
  name: textOf(name),
  arguments: objectOf(input),
});

const contentText = (content: Json | undefined): string =>
  typeof content === 'string'
    ? content
    : joinTexts(objectsOf(content).map(({ type, text }) => (type === 'text' ? textOf(text) : '')));
