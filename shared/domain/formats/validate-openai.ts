import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { objectOf, objectsOf, textOf } from './fields.ts';

/**
 * What the chat-completions API refuses, as far as its documentation and its error messages say:
 * https://platform.openai.com/docs/api-reference/chat/create (fields of each role; content is
 * required unless an assistant message has calls, a refusal or audio) and
 * https://platform.openai.com/docs/guides/function-calling (every call is answered by a tool message
 * before anything else is said). Legacy functions are held to the same order.
 */
export function openaiViolations(messages: readonly JsonObject[]): string[] {
  return [...messages.flatMap(messageFaults), ...sequenceFaults(messages)];
}

const WITH_TEXT = ['system', 'developer', 'user', 'tool'];

function messageFaults(message: JsonObject, index: number): string[] {
  const { role, content } = message;
  const at = `messages.${index}`;
  if (role === 'assistant') return assistantFaults(message, at);
  if (role === 'function')
    return textOf(message['name']) === '' ? [`${at}: a function message needs a name`] : [];
  if (!WITH_TEXT.includes(textOf(role))) return [`${at}: unknown role ${JSON.stringify(role)}`];
  return isContent(content) ? [] : [`${at}: ${role} content must be text or a filled list`];
}

function assistantFaults(message: JsonObject, at: string): string[] {
  const { content, tool_calls: calls } = message;
  const isSilent = content === undefined || content === null;
  const speaksOtherwise =
    calls !== undefined ||
    ['function_call', 'refusal', 'audio'].some((field) => (message[field] ?? null) !== null);
  const faults = calls === undefined ? [] : callFaults(calls, at);
  if (isSilent && !speaksOtherwise) faults.push(`${at}: an assistant message needs content`);
  if (!isSilent && !isContent(content)) faults.push(`${at}: content must be text or a filled list`);
  return faults;
}

function callFaults(calls: Json, at: string): string[] {
  const list = objectsOf(calls);
  if (!Array.isArray(calls) || list.length === 0)
    return [`${at}: tool_calls must be a filled list`];
  const ids = new Set(list.map(({ id }) => id));
  const faults = ids.size < list.length ? [`${at}: two calls of one message share an id`] : [];
  for (const { id, type, custom, function: called } of list) {
    const body = objectOf(type === 'custom' ? custom : called);
    const input = body[type === 'custom' ? 'input' : 'arguments'];
    if (textOf(id) === '' || textOf(type) === '' || textOf(body['name']) === '')
      faults.push(`${at}: a call needs an id, a type and a name`);
    if (typeof input !== 'string') faults.push(`${at}: arguments of ${textOf(id)} must be text`);
  }
  return faults;
}

const isContent = (content: Json | undefined): boolean =>
  typeof content === 'string' || (Array.isArray(content) && content.length > 0);

function sequenceFaults(messages: readonly JsonObject[]): string[] {
  const faults: string[] = [];
  let open: string[] = [];
  messages.forEach((message, index) => {
    const at = `messages.${index}`;
    const answered = answeredBy(message);
    if (answered !== undefined) {
      if (open.includes(answered)) open = open.filter((id) => id !== answered);
      else faults.push(`${at}: answers ${answered}, which no call just before it has open`);
      return;
    }
    if (open.length > 0) faults.push(`${at}: comes before the results of ${open.join(', ')}`);
    open = opened(message);
  });
  if (open.length > 0) faults.push(`the end: no result for ${open.join(', ')}`);
  return faults;
}

function answeredBy({ role, tool_call_id: id, name }: JsonObject): string | undefined {
  if (role === 'tool') return `call ${textOf(id)}`;
  return role === 'function' ? `function ${textOf(name)}` : undefined;
}

function opened({ role, tool_calls: calls, function_call: legacy }: JsonObject): string[] {
  if (role !== 'assistant') return [];
  if (isJsonObject(legacy)) return [`function ${textOf(legacy['name'])}`];
  return objectsOf(calls).map(({ id }) => `call ${textOf(id)}`);
}
