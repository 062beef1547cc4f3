import type { JsonObject } from '../../kernel/json.ts';
import type { Group } from '../group.ts';
import { CONTENT_TYPES, type Item, type ToolCall } from '../item.ts';

/** What a call was answered with. */
export interface Answer {
  /** Which of the message's calls. */
  readonly index: number;
  /** Absent: the call is unanswered, and a placeholder stands in. */
  readonly result?: Item;
}

/** A message with tool calls and its answers, one for each call: results in seq order first. */
export interface Exchange {
  readonly call: Item;
  readonly answers: readonly Answer[];
}

/** How one provider writes what the sequence is made of. */
export interface Writer {
  /** A message that is no exchange; `undefined`: there is nothing to say, or it has no place. */
  single(item: Item): JsonObject | undefined;
  exchange(exchange: Exchange): readonly JsonObject[];
  /** Puts the rest of a split message behind its results, where the provider has them together. */
  join?(results: JsonObject, rest: JsonObject): JsonObject;
}

/** Writes groups as messages, in order. A result without its call is left out. */
export function writeGroups(groups: readonly Group[], writer: Writer): JsonObject[] {
  const messages: JsonObject[] = [];
  let lastOrigin: string | undefined;
  for (const { items } of groups) {
    const [first] = items;
    if (!first || first.contentType === CONTENT_TYPES.toolResult) continue;
    if (isCall(first)) {
      messages.push(...writer.exchange(exchangeOf(first, items)));
    } else {
      const message = writer.single(first);
      const last = messages.at(-1);
      const isRest = lastOrigin !== undefined && lastOrigin === originOf(first);
      if (message) {
        if (isRest && last && writer.join)
          messages[messages.length - 1] = writer.join(last, message);
        else messages.push(message);
      }
    }
    lastOrigin = originOf(items.at(-1));
  }
  return messages;
}

const isCall = (item: Item): boolean =>
  item.contentType === CONTENT_TYPES.toolCall && (item.toolCalls?.length ?? 0) > 0;

/** Names the message that a part was cut from: parts of one message have consecutive seqs. */
export function originOf(item: Item | undefined): string | undefined {
  const part = item?.source?.part;
  return item && part && `${item.seq - part.index}/${part.of}`;
}

function exchangeOf(call: Item, items: readonly Item[]): Exchange {
  const open: (ToolCall | undefined)[] = [...(call.toolCalls ?? [])];
  const answers: Answer[] = [];
  for (const result of items.slice(1)) {
    const index = open.findIndex((candidate) => candidate && candidate.id === result.toolCallId);
    // A second result for one call is left out: no provider takes two.
    if (index < 0) continue;
    open[index] = undefined;
    answers.push({ index, result });
  }
  open.forEach((unanswered, index) => {
    if (unanswered) answers.push({ index });
  });
  return { call, answers };
}
