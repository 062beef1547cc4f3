import { OPENER_TEXT, UNANSWERED_RESULT_TEXT } from '../formats/placeholders.ts';
import { MESSAGE_OVERHEAD_TOKENS } from '../formats/tokens.ts';
import type { Group } from '../group.ts';
import type { Format } from '../item.ts';
import type { Arrangement } from './arrangement.ts';
import { openersOf } from './openers.ts';

/** Counts the model tokens of a text. */
export type CountTokens = (text: string) => number;

/** What the parts of a context cost. Items are not counted again: their tokens are stored. */
export interface Costs {
  readonly count: CountTokens;
  /** A message of so many tokens. */
  message(tokens: number): number;
  /** The memory message; nothing costs nothing. */
  memory(text: string | undefined): number;
  /** With the placeholders for results that are missing. */
  group(group: Group): number;
  /** The whole, with what only the whole has: messages that the renderer puts in between. */
  total(arrangement: Arrangement): number;
}

export function costsOf(count: CountTokens, format: 'raw' | Format): Costs {
  const message = (tokens: number) => tokens + MESSAGE_OVERHEAD_TOKENS;
  const memory = rememberingLast((text: string) => message(count(text)));
  const placeholder = message(count(UNANSWERED_RESULT_TEXT));
  const opener = message(count(OPENER_TEXT));
  const group = ({ items, unanswered }: Group) =>
    items.reduce((sum, { tokens }) => sum + message(tokens), unanswered.length * placeholder);
  const groups = (some: readonly Group[]) => some.reduce((sum, one) => sum + group(one), 0);
  const total = (parts: Arrangement) =>
    groups(parts.before) +
    memory(parts.memory) +
    groups(parts.recent) +
    openersOf(format, parts) * opener;
  return { count, message, memory, group, total };
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
