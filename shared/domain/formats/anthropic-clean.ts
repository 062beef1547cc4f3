import type { Json, JsonObject } from '../../kernel/json.ts';
import { isBlank, objectsOf, textOf, trimmedEnd, without } from './fields.ts';

/**
 * Takes out what the API refuses: text blocks without a visible character, and thinking at the end
 * of an assistant message. `undefined`: nothing is left.
 */
export function cleanAnthropic(message: JsonObject): JsonObject | undefined {
  const { role, content } = message;
  if (typeof content === 'string') return isBlank(content) ? undefined : message;
  const blocks = cleanBlocks(objectsOf(content), role === 'assistant');
  return blocks.length > 0 ? { ...message, content: blocks } : undefined;
}

export function cleanBlocks(blocks: readonly JsonObject[], isAssistant: boolean): JsonObject[] {
  const clean = blocks.filter((block) => !isBlankText(block)).map(cleanResult);
  if (!isAssistant) return clean;
  return clean.slice(0, clean.findLastIndex((block) => !isThinking(block)) + 1);
}

/** The API also refuses white space at the very end, where the model would go on. */
export function trimFinalAssistant(messages: readonly JsonObject[]): JsonObject[] {
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant') return [...messages];
  return [...messages.slice(0, -1), { ...last, content: trimmedContent(last['content']) }];
}

function trimmedContent(content: Json | undefined): Json {
  if (typeof content === 'string') return trimmedEnd(content);
  const blocks = objectsOf(content);
  const last = blocks.at(-1);
  return last?.['type'] === 'text'
    ? [...blocks.slice(0, -1), { ...last, text: trimmedEnd(textOf(last['text'])) }]
    : blocks;
}

const isBlankText = ({ type, text }: JsonObject): boolean =>
  type === 'text' && isBlank(textOf(text));

const isThinking = ({ type }: JsonObject): boolean =>
  type === 'thinking' || type === 'redacted_thinking';

function cleanResult(block: JsonObject): JsonObject {
  const { type, content } = block;
  if (type !== 'tool_result' || !Array.isArray(content)) return block;
  const inner = objectsOf(content).filter((part) => !isBlankText(part));
  return inner.length > 0 ? { ...block, content: inner } : without(block, 'content');
}
