import type { Json, JsonObject } from '../../kernel/json.ts';
import { isBlank, objectsOf, textOf, trimmedEnd } from './fields.ts';

/**
 * What the Messages API refuses, as far as its documentation and its error messages say:
 * https://platform.claude.com/docs/en/api/messages (roles, the user first, system text apart) and
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls (results in the
 * next message, before anything else in it). Empty text, repeated ids, ids of other letters, thinking
 * at the end of a message and white space at the very end are known by the errors that they raise
 * (github.com/home-assistant/core/issues/175637, .../trycua/cua/issues/524,
 * .../maximhq/bifrost/issues/5097, .../tailcallhq/forgecode/issues/2107 and 1872).
 */
export function anthropicViolations(messages: readonly JsonObject[], system?: Json): string[] {
  return [
    ...(system === undefined ? [] : contentFaults(system, 'system')),
    ...messages.flatMap(messageFaults),
    ...toolFaults(messages),
    ...edgeFaults(messages),
  ];
}

function messageFaults({ role, content }: JsonObject, index: number): string[] {
  const at = `messages.${index}`;
  const blocks = objectsOf(content);
  const faults = contentFaults(content, at);
  if (role !== 'user' && role !== 'assistant') faults.push(`${at}: role must be user or assistant`);
  if (role !== 'assistant' && blocks.some(isToolUse))
    faults.push(`${at}: only an assistant message may have tool_use`);
  if (role !== 'user' && blocks.some(isToolResult))
    faults.push(`${at}: only a user message may have tool_result`);
  if (role === 'assistant' && isThinking(blocks.at(-1)))
    faults.push(`${at}: the final block must not be thinking`);
  return faults;
}

function contentFaults(content: Json | undefined, at: string): string[] {
  if (typeof content === 'string') return isBlank(content) ? [`${at}: content is empty`] : [];
  const blocks = objectsOf(content);
  if (blocks.length === 0) return [`${at}: content is empty`];
  return blocks.flatMap(({ type, text, content: inner }, index) => {
    if (textOf(type) === '') return [`${at}.${index}: a block needs a type`];
    if (type === 'text' && isBlank(textOf(text))) return [`${at}.${index}: text is empty`];
    const isNested = type === 'tool_result' && Array.isArray(inner);
    return isNested ? contentFaults(inner, `${at}.${index}`) : [];
  });
}

function toolFaults(messages: readonly JsonObject[]): string[] {
  const used = new Set<string>();
  return messages.flatMap((message, index) => {
    const at = `messages.${index}`;
    const asked = idsOf(messages[index - 1], isToolUse, 'id');
    const answered = idsOf(message, isToolResult, 'tool_use_id');
    const faults = answered
      .filter((id) => !asked.includes(id))
      .map((id) => `${at}: answers ${id}, which the message before did not call`);
    if (new Set(answered).size < answered.length) faults.push(`${at}: a call is answered twice`);
    const blocks = objectsOf(message['content']);
    if (blocks.findLastIndex(isToolResult) >= answered.length)
      faults.push(`${at}: results must come first`);
    for (const id of idsOf(message, isToolUse, 'id')) {
      if (used.has(id)) faults.push(`${at}: tool_use id ${id} is not unique`);
      if (!/^[a-zA-Z0-9_-]+$/.test(id)) faults.push(`${at}: tool_use id ${id} has other letters`);
      if (!idsOf(messages[index + 1], isToolResult, 'tool_use_id').includes(id))
        faults.push(`${at}: no result for ${id} in the next message`);
      used.add(id);
    }
    return faults;
  });
}

function edgeFaults(messages: readonly JsonObject[]): string[] {
  const last = messages.at(-1);
  const faults = messages[0]?.['role'] === 'assistant' ? ['messages.0: the user must begin'] : [];
  if (last?.['role'] !== 'assistant') return faults;
  const { content } = last;
  const end = typeof content === 'string' ? content : textOf(objectsOf(content).at(-1)?.['text']);
  if (trimmedEnd(end) !== end) faults.push('the end: assistant text ends in white space');
  return faults;
}

const idsOf = (
  message: JsonObject | undefined,
  isWanted: (block: JsonObject) => boolean,
  field: string,
): string[] =>
  objectsOf(message?.['content'])
    .filter(isWanted)
    .map((block) => textOf(block[field]));

const isToolUse = ({ type }: JsonObject): boolean => type === 'tool_use';
const isToolResult = ({ type }: JsonObject): boolean => type === 'tool_result';
const isThinking = (block: JsonObject | undefined): boolean =>
  block?.['type'] === 'thinking' || block?.['type'] === 'redacted_thinking';
