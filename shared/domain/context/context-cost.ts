import { isBlank } from '../formats/fields.ts';
import { type Overhead, overheadOf } from '../formats/overhead.ts';
import { OPENER_TEXT, UNANSWERED_RESULT_TEXT } from '../formats/placeholders.ts';
import { areWrapped, argumentsObject, argumentsText } from '../formats/tool-values.ts';
import type { Group } from '../group.ts';
import { CONTENT_TYPES, type Format, type Item, type ToolCall } from '../item.ts';
import type { Arrangement } from './arrangement.ts';
import { isNoteAlone } from './memory-text.ts';
import { openersOf } from './openers.ts';
import { countOwnText } from './own-texts.ts';

/** Counts the model tokens of a text. */
export type CountTokens = (text: string) => number;

/** What the parts of a context cost. Items are not counted again: their tokens are stored. */
export interface Costs {
  readonly count: CountTokens;
  /** Once, whatever stands in the context. */
  readonly prompt: number;
  /** No group costs less. */
  readonly least: number;
  /** The memory message; nothing costs nothing. */
  memory(text: string | undefined): number;
  /** With the placeholders for results that are missing. */
  group(group: Group): number;
  /**
   * The whole, with what only the whole has: messages that the renderer puts in between.
   *
   * @param ofGroups what all groups cost, where that is known.
   */
  total(arrangement: Arrangement, ofGroups?: number): number;
}

export function costsOf(count: CountTokens, format: 'raw' | Format): Costs {
  const overhead = overheadOf(format);
  const { prompt, message, memoryName } = overhead;
  const frame = message + (memoryName === undefined ? 0 : 1 + countOwnText(count, memoryName));
  const memory = rememberingLast(
    (text: string) => frame + (isNoteAlone(text) ? countOwnText(count, text) : count(text)),
  );
  const group = groupCost(overhead, rememberingAll(count));
  const groups = (some: readonly Group[]) => some.reduce((sum, one) => sum + group(one), 0);
  const total = (parts: Arrangement, ofGroups?: number) => {
    const { before, memory: text, recent } = parts;
    if (before.length === 0 && text === undefined && recent.length === 0) return 0;
    const openers = openersOf(format, parts);
    const opening = openers > 0 ? openers * (message + countOwnText(count, OPENER_TEXT)) : 0;
    return prompt + (ofGroups ?? groups(before) + groups(recent)) + memory(text) + opening;
  };
  return { count, prompt, least: message, memory, group, total };
}

function groupCost(overhead: Overhead, count: CountTokens): Costs['group'] {
  const { message, call, result, frames, namesResults, wrapsArguments } = overhead;
  return ({ items, unanswered }) => {
    const [first] = items;
    if (!first || !isCall(first)) return message + (first?.tokens ?? 0);
    const { toolCalls = [] } = first;
    const framed = frames === 'spoken' ? (isSilent(first) ? 0 : message) : frames * message;
    let tokens = framed + toolCalls.length * (call + result);
    for (const item of items) tokens += item.tokens;
    if (unanswered.length > 0)
      tokens += unanswered.length * countOwnText(count, UNANSWERED_RESULT_TEXT);
    if (namesResults) for (const { name } of toolCalls) tokens += count(name);
    if (wrapsArguments) for (const one of toolCalls) tokens += wrapping(one, count);
    return tokens;
  };
}

/** Whether a call's arguments are wrapped, by its identity: items are immutable. */
const wrapped = new WeakMap<ToolCall, boolean>();

/** What arguments that are no object cost beyond their own text, as the field of one. */
function wrapping(call: ToolCall, count: CountTokens): number {
  const { arguments: args } = call;
  let isWrapped = wrapped.get(call);
  if (isWrapped === undefined) {
    isWrapped = areWrapped(args);
    wrapped.set(call, isWrapped);
  }
  if (!isWrapped) return 0;
  return Math.max(0, count(argumentsText(argumentsObject(args))) - count(argumentsText(args)));
}

const isCall = ({ contentType, toolCalls = [] }: Item): boolean =>
  contentType === CONTENT_TYPES.toolCall && toolCalls.length > 0;

/** Nothing is said with the calls. Parts are sent as they came, and an empty one may be a message too. */
function isSilent({ content, source }: Item): boolean {
  if (!isBlank(content)) return false;
  const sent = source?.format === 'openai' ? source.message?.['content'] : undefined;
  return !Array.isArray(sent) || sent.length === 0;
}

/** Names of tools come again and again within a context. */
function rememberingAll(count: CountTokens): CountTokens {
  const counts = new Map<string, number>();
  return (text) => {
    const known = counts.get(text);
    if (known !== undefined) return known;
    const tokens = count(text);
    counts.set(text, tokens);
    return tokens;
  };
}

/** The memory is priced again and again while the rest is fitted around it. */
function rememberingLast(price: (text: string) => number): Costs['memory'] {
  let lastText: string | undefined;
  let lastPrice = 0;
  return (text) => {
    if (text === undefined) return 0;
    if (text !== lastText) {
      lastText = text;
      lastPrice = price(text);
    }
    return lastPrice;
  };
}
