import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Group } from '../group.ts';
import { CONTENT_TYPES, type Item } from '../item.ts';
import { cleanAnthropic, cleanBlocks, trimFinalAssistant } from './anthropic-clean.ts';
import { anthropicMessage, textBlocks, toolResult } from './anthropic-message.ts';
import { isBlank, merged, objectsOf, textOf } from './fields.ts';
import { beginWithUser } from './opening.ts';
import { OPENER_TEXT, UNANSWERED_RESULT_TEXT } from './placeholders.ts';
import type { Rendered, RenderInput } from './render-input.ts';
import { originalOf } from './source.ts';
import { CallIds, commonToolName } from './tool-naming.ts';
import { type Answer, type Exchange, writeGroups } from './turns.ts';

const ACCEPTED_ID = /^[a-zA-Z0-9_-]+$/;

/** System text goes beside the messages; results go into one user message behind their call. */
export function writeAnthropic({ before, memory = '', recent }: RenderInput): Rendered {
  const ids = new CallIds(ACCEPTED_ID);
  const writer = {
    single,
    exchange: (exchange: Exchange) => exchangeMessages(exchange, ids),
    join,
  };
  const messages = beginWithUser({
    before: writeGroups(before, writer),
    memory: isBlank(memory) ? undefined : { role: 'user', content: memory },
    recent: writeGroups(recent, writer),
    opener: { role: 'user', content: OPENER_TEXT },
  });
  const system = systemOf([...before, ...recent]);
  return { messages: trimFinalAssistant(messages), ...(system === undefined ? {} : { system }) };
}

function single(item: Item): JsonObject | undefined {
  if (item.contentType === CONTENT_TYPES.system) return undefined;
  return cleanAnthropic(originalOf('anthropic', item, anthropicMessage) ?? anthropicMessage(item));
}

const join = (results: JsonObject, rest: JsonObject): JsonObject => ({
  ...results,
  content: [...objectsOf(results['content']), ...objectsOf(rest['content'])],
});

function systemOf(groups: readonly Group[]): Json | undefined {
  const texts = groups
    .flatMap(({ items }) => items)
    .filter(({ contentType }) => contentType === CONTENT_TYPES.system)
    .map((item) => originalOf('anthropic', item, anthropicMessage) ?? anthropicMessage(item))
    .map((message) => cleanAnthropic(message)?.['content'])
    .filter((content) => content !== undefined);
  return texts.length <= 1 ? texts[0] : texts.flatMap(blocksOf);
}

const blocksOf = (content: Json): readonly JsonObject[] =>
  typeof content === 'string' ? textBlocks(content) : objectsOf(content);

function exchangeMessages({ call, answers }: Exchange, ids: CallIds): JsonObject[] {
  const message = callMessage(call, ids);
  const callIds = objectsOf(message['content'])
    .filter(isToolUse)
    .map(({ id }) => textOf(id));
  const results = answers.map((answer) => resultMessage(answer, callIds[answer.index] ?? ''));
  const blocks = results.flatMap(({ content }) => objectsOf(content));
  // The API wants the results first, whatever else the user said with them.
  const content = [
    ...blocks.filter(isToolResult),
    ...blocks.filter((block) => !isToolResult(block)),
  ];
  return [message, { ...merged(results), content }];
}

function callMessage(call: Item, ids: CallIds): JsonObject {
  const original = originalOf('anthropic', call, anthropicMessage);
  const message = original ?? anthropicMessage(withCommonNames(call));
  const isOwn = original !== undefined;
  const content = cleanBlocks(objectsOf(message['content']), true).map((block) =>
    isToolUse(block) ? { ...block, id: ids.claim(textOf(block['id']), isOwn) } : block,
  );
  return { ...message, content };
}

const withCommonNames = (call: Item): Item => ({
  ...call,
  toolCalls: call.toolCalls?.map((entry) => ({ ...entry, name: commonToolName(entry.name) })) ?? [],
});

function resultMessage({ result }: Answer, id: string): JsonObject {
  if (!result) return { role: 'user', content: [toolResult(id, UNANSWERED_RESULT_TEXT)] };
  const original = originalOf('anthropic', result, anthropicMessage);
  if (!original) return { role: 'user', content: [toolResult(id, result.content)] };
  const content = cleanBlocks(objectsOf(original['content']), false).map((block) =>
    isToolResult(block) ? { ...block, tool_use_id: id } : block,
  );
  return { ...original, content };
}

const isToolUse = ({ type }: JsonObject): boolean => type === 'tool_use';
const isToolResult = ({ type }: JsonObject): boolean => type === 'tool_result';
