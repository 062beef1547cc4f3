import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { CONTENT_TYPES, type ItemDraft, type ToolCall } from '../item.ts';
import { joinTexts, objectOf, objectsOf, textOf } from './fields.ts';
import { geminiMessage } from './gemini-message.ts';
import { CallCounter, functionCallOf, functionResponseOf } from './gemini-parts.ts';
import { withSource } from './source.ts';
import { type Slice, splitResults } from './split-results.ts';
import { resultText } from './tool-values.ts';

/** Reads Gemini contents of sound shape, with the system instruction as the first item. */
export function readGemini(messages: readonly JsonObject[], system?: Json): ItemDraft[] {
  const pairing = new Pairing();
  return [...systemItems(system), ...messages.flatMap((message) => itemsOf(message, pairing))];
}

/** A string is noted by the absence of a message: it comes out as a string again. */
function systemItems(system: Json | undefined): ItemDraft[] {
  const contentType = CONTENT_TYPES.system;
  if (isJsonObject(system) && objectsOf(system['parts']).length > 0) {
    const content = contentText(objectsOf(system['parts']));
    return [{ content, contentType, source: { format: 'gemini', message: system } }];
  }
  const content = textOf(system);
  return content === '' ? [] : [{ content, contentType, source: { format: 'gemini' } }];
}

function itemsOf(message: JsonObject, pairing: Pairing): ItemDraft[] {
  const parts = objectsOf(message['parts']);
  const content = contentText(parts);
  const whole = (draft: Omit<ItemDraft, 'source'>) => [
    withSource(draft, { format: 'gemini', message, rebuild: geminiMessage }),
  ];
  if (message['role'] === 'model') {
    const toolCalls = pairing.callsOf(parts);
    return toolCalls.length > 0
      ? whole({ content, contentType: CONTENT_TYPES.toolCall, toolCalls })
      : whole({ content, contentType: CONTENT_TYPES.assistant });
  }
  const slices = splitResults(parts, (part) => functionResponseOf(part) !== undefined);
  if (!slices.some(({ result }) => result))
    return whole({ content, contentType: CONTENT_TYPES.user });
  const role: JsonObject = message['role'] === undefined ? {} : { role: message['role'] };
  return slices.map((slice, index) =>
    withSource(draftOf(slice, pairing), {
      format: 'gemini',
      message: { ...(index === 0 ? message : role), parts: slice.blocks },
      ...(slices.length > 1 ? { part: { index, of: slices.length } } : {}),
      rebuild: geminiMessage,
    }),
  );
}

function draftOf({ result, blocks }: Slice, pairing: Pairing): Omit<ItemDraft, 'source'> {
  const response = result && functionResponseOf(result);
  if (!response) return { content: contentText(blocks), contentType: CONTENT_TYPES.user };
  return {
    content: resultText(objectOf(response['response'])),
    contentType: CONTENT_TYPES.toolResult,
    toolCallId: pairing.answered(response),
  };
}

/** What the model said; its thoughts are not part of it. */
const contentText = (parts: readonly JsonObject[]): string =>
  joinTexts(parts.map(({ text, thought }) => (thought === true ? '' : textOf(text))));

/**
 * Gives ids to calls that came without, and finds the call that a response without an id answers:
 * the next open one of its name, as Gemini pairs them itself.
 */
class Pairing {
  #open: { readonly id: string; readonly name: string }[] = [];
  /** Numbers responses whose call came in an earlier request, the way the call was numbered. */
  #unseen = new CallCounter();

  callsOf(parts: readonly JsonObject[]): ToolCall[] {
    const counter = new CallCounter();
    const calls = parts.flatMap((part) => {
      const call = functionCallOf(part);
      if (!call) return [];
      const name = textOf(call['name']);
      const id = textOf(call['id']) || counter.next(name);
      return [{ id, name, arguments: objectOf(call['args']) }];
    });
    this.#open = calls.map(({ id, name }) => ({ id, name }));
    this.#unseen = new CallCounter();
    return calls;
  }

  answered(response: JsonObject): string {
    const id = textOf(response['id']);
    const name = textOf(response['name']);
    const byId = this.#open.findIndex((call) => call.id === id);
    const index = byId >= 0 ? byId : this.#open.findIndex((call) => call.name === name);
    const [call] = index < 0 ? [] : this.#open.splice(index, 1);
    return call?.id ?? (id || this.#unseen.next(name));
  }
}
