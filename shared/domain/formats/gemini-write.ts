import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Group } from '../group.ts';
import { CONTENT_TYPES, type Item } from '../item.ts';
import { isBlank, merged, objectsOf, textOf, without } from './fields.ts';
import { geminiMessage, textParts } from './gemini-message.ts';
import { functionCallOf, thoughtSignatureOf } from './gemini-parts.ts';
import { beginWithUser } from './opening.ts';
import { OPENER_TEXT, UNANSWERED_RESULT_TEXT } from './placeholders.ts';
import type { Rendered, RenderInput } from './render-input.ts';
import { isFrom, originalOf } from './source.ts';
import { commonToolName } from './tool-naming.ts';
import { argumentsObject, resultObject } from './tool-values.ts';
import { type Answer, type Exchange, type Writer, writeGroups } from './turns.ts';

/**
 * What Google documents for calls that no Gemini model made: Gemini 3 refuses a call of the current
 * turn without a signature (https://ai.google.dev/gemini-api/docs/thought-signatures#faqs).
 */
export const FOREIGN_CALL_SIGNATURE = 'skip_thought_signature_validator';

const WRITER: Writer = { single, exchange: exchangeMessages, join };
const OPENER: JsonObject = { role: 'user', parts: [{ text: OPENER_TEXT }] };

/** System text goes beside the contents; results go into one content behind their call. */
export function writeGemini({ before, memory = '', recent }: RenderInput): Rendered {
  const contents = beginWithUser({
    before: writeGroups(before, WRITER),
    memory: isBlank(memory) ? undefined : { role: 'user', parts: [{ text: memory }] },
    recent: writeGroups(recent, WRITER),
    opener: OPENER,
  });
  const system = systemOf([...before, ...recent]);
  return {
    messages: contents.flatMap((content, index) =>
      isCall(content) && contents[index - 1]?.['role'] === 'model' ? [OPENER, content] : [content],
    ),
    ...(system === undefined ? {} : { system }),
  };
}

function single(item: Item): JsonObject | undefined {
  if (item.contentType === CONTENT_TYPES.system) return undefined;
  return cleaned(originalOf('gemini', item, geminiMessage) ?? geminiMessage(item));
}

function join(results: JsonObject, rest: JsonObject): JsonObject {
  return { ...results, parts: [...objectsOf(results['parts']), ...objectsOf(rest['parts'])] };
}

/** The API takes no empty text, but where a signature came with it. */
function cleaned(content: JsonObject): JsonObject | undefined {
  const parts = objectsOf(content['parts']).filter(
    (part) => part['text'] !== '' || thoughtSignatureOf(part) !== undefined,
  );
  return parts.length > 0 ? { ...content, parts } : undefined;
}

function systemOf(groups: readonly Group[]): Json | undefined {
  const items = groups
    .flatMap((group) => group.items)
    .filter(({ contentType, content }) => contentType === CONTENT_TYPES.system && content !== '');
  const [first, ...others] = items;
  if (!first) return undefined;
  if (others.length === 0 && isFrom('gemini', first) && !first.source?.message)
    return first.content;
  const contents = items.map(
    (item) => originalOf('gemini', item, geminiMessage) ?? systemContent(item),
  );
  return { ...merged(contents), parts: contents.flatMap(({ parts }) => objectsOf(parts)) };
}

const systemContent = (item: Item): JsonObject => ({ parts: textParts(item.content) });

const isCall = ({ parts }: JsonObject): boolean =>
  objectsOf(parts).some((part) => functionCallOf(part) !== undefined);

function exchangeMessages({ call, answers }: Exchange): JsonObject[] {
  const original = originalOf('gemini', call, geminiMessage);
  const message = (original && cleaned(original)) ?? foreignCall(call);
  const calls = objectsOf(message['parts']).map(functionCallOf).filter(isJsonObject);
  const isAsSent = answers.every(({ result }) => result && isFrom('gemini', result));
  const ordered = isAsSent ? answers : answers.toSorted((a, b) => a.index - b.index);
  const responses = ordered.map((answer) => responseContent(answer, calls[answer.index] ?? {}));
  const parts = responses.flatMap((content) => objectsOf(content['parts']));
  return [message, { ...merged(responses), parts }];
}

/** Without ids, which Vertex AI does not know (https://github.com/vercel/ai/issues/15664). */
function foreignCall({ content, toolCalls = [] }: Item): JsonObject {
  const calls = toolCalls.map(({ name, arguments: args }, index) => ({
    functionCall: { name: commonToolName(name), args: argumentsObject(args) },
    ...(index === 0 ? { thoughtSignature: FOREIGN_CALL_SIGNATURE } : {}),
  }));
  return { role: 'model', parts: [...textParts(content), ...calls] };
}

function responseContent({ result }: Answer, call: JsonObject): JsonObject {
  const { id, name } = call;
  const original = result && originalOf('gemini', result, geminiMessage);
  if (original) {
    const parts = objectsOf(cleaned(original)?.['parts']).map((part) => addressed(part, call));
    return { ...original, parts };
  }
  const address: JsonObject = { ...(id ? { id } : {}), name: textOf(name) };
  const response = resultObject(result ? result.content : UNANSWERED_RESULT_TEXT);
  return { role: 'user', parts: [{ functionResponse: { ...address, response } }] };
}

/** Made ids come again: with items left out, a response may have to go to another call. */
function addressed(part: JsonObject, call: JsonObject): JsonObject {
  const field = part['functionResponse'] === undefined ? 'function_response' : 'functionResponse';
  const response = part[field];
  if (!isJsonObject(response)) return part;
  const isOther = (response['id'] ?? '') !== '' && response['id'] !== call['id'];
  const kept = isOther ? without(response, 'id') : response;
  return { ...part, [field]: { ...kept, name: textOf(call['name']) } };
}
