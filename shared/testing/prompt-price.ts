import { parseMessages } from '../domain/formats/parse.ts';
import type { Rendered } from '../domain/formats/render.ts';
import { countableText } from '../domain/formats/tokens.ts';
import type { Format } from '../domain/item.ts';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';

type Count = (text: string) => number;

/**
 * What a provider's messages cost as they are sent, by the templates that the providers published:
 * written apart from the code that prices contexts, which knows groups and no messages.
 */
export function promptPrice(format: Format, rendered: Rendered, count: Count): number {
  const { messages, system } = rendered;
  if (messages.length === 0 && system === undefined) return 0;
  const plain = format === 'openai' ? messages.map(plainMessage) : messages;
  const items = parseMessages(format, plain, system);
  const texts = items.reduce((sum, item) => sum + count(countableText(item)), 0);
  return texts + FRAMES[format](rendered, count);
}

const FRAMES: Readonly<Record<Format, (rendered: Rendered, count: Count) => number>> = {
  openai: ({ messages }, count) =>
    3 + sum(messages.map((one) => openaiFrame(one, messages, count))),
  gemini: ({ messages, system }, count) =>
    4 + (system === undefined ? 0 : 5) + sum(messages.map((one) => geminiFrame(one, count))),
  anthropic: ({ messages, system }, count) =>
    4 +
    (system === undefined ? 0 : 5) +
    sum(messages.map((one) => anthropicFrame(one, messages, count))),
};

function openaiFrame(message: JsonObject, all: readonly JsonObject[], count: Count): number {
  const { role, name, content, tool_calls: calls, function_call: legacy, tool_call_id } = message;
  if (name === 'memory_summary') return 4 + 1 + count(name);
  if (role === 'tool') return 11 + count(nameOf(tool_call_id, all.flatMap(openaiCalls)));
  if (role === 'function') return 11 + count(String(name));
  const called = isJsonObject(legacy) ? 1 : objects(calls).length;
  const isSilent = typeof content === 'string' ? content.trim() === '' : !content;
  return called > 0 ? called * 14 + (isSilent ? 0 : 4) : 4;
}

function geminiFrame({ parts }: JsonObject, count: Count): number {
  const called = objects(parts).filter((part) => part['functionCall'] ?? part['function_call']);
  const answers = objects(parts).flatMap(
    (part) => part['functionResponse'] ?? part['function_response'] ?? [],
  );
  const names = answers.map((answer) => count(String((answer as JsonObject)['name'])));
  return 5 + called.length * 4 + answers.length * 10 + sum(names);
}

function anthropicFrame({ content }: JsonObject, all: readonly JsonObject[], count: Count): number {
  const calls = all.flatMap((message) => ofType(message['content'], 'tool_use'));
  const answers = ofType(content, 'tool_result');
  const names = answers.map(({ tool_use_id: id }) => count(nameOf(id, calls)));
  return 5 + ofType(content, 'tool_use').length * 37 + answers.length * 37 + sum(names);
}

/** Names that the frame has are not counted as fields beyond an item's own. */
function plainMessage(message: JsonObject): JsonObject {
  const { name, role, ...rest } = message;
  if (role === 'function') {
    return { ...rest, role: 'tool', tool_call_id: name ?? '', content: rest['content'] ?? '' };
  }
  return name === 'memory_summary' ? { ...rest, role: 'user' } : message;
}

const openaiCalls = ({ tool_calls: calls }: JsonObject): readonly JsonObject[] =>
  objects(calls).map((call) => ({ id: call['id'] ?? '', ...(call['function'] as JsonObject) }));

const nameOf = (id: Json | undefined, calls: readonly JsonObject[]): string =>
  String(calls.findLast((call) => call['id'] === id)?.['name'] ?? '');

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

const ofType = (content: Json | undefined, type: string): readonly JsonObject[] =>
  objects(content).filter((block) => block['type'] === type);

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
