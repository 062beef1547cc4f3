import type { ContextAnswer } from '../answers.ts';
import { callsOf, type SentSession, textOf } from '../sent.ts';

/** A counter of the same name as the one that the system says it counts with. */
export interface CountTokens {
  readonly name: string;
  count(text: string): number;
}

/** Where a context is over its budget, or says that it has fewer tokens than it has. */
export function budgetFaults(
  { name }: SentSession,
  context: ContextAnswer,
  asked: number | undefined,
  counter?: CountTokens,
): string[] {
  const { total, budget } = context.tokens;
  const at = `${name.sessionId}: budget ${budget}`;
  const faults: string[] = [];
  if (asked !== undefined && budget !== asked) faults.push(`${at}, but ${asked} was asked for`);
  if (total > budget) faults.push(`${at}, but the context has ${total} tokens`);
  const stored = context.items.reduce((sum, { tokens }) => sum + tokens, 0);
  const summary = context.summary?.tokens ?? 0;
  if (stored + summary > total)
    faults.push(`${at}: ${total} tokens are told, items and summary have ${stored + summary}`);
  const counted = counter?.name === context.tokens.counter ? recount(context, counter) : 0;
  if (counted > total)
    faults.push(`${at}: ${total} tokens are told, the messages have ${counted} counted again`);
  return faults;
}

/** Tokens of the texts that the model gets to see, counted anew; only chat-completions messages. */
function recount({ messages = [] }: ContextAnswer, counter: CountTokens): number {
  const texts = messages.flatMap((message) => [
    'parts' in message ? '' : (textOf(message) ?? ''),
    ...callsOf(message).map(({ name, arguments: args }) => `${name}\n${String(args)}`),
  ]);
  return texts.reduce((sum, text) => sum + (text === '' ? 0 : counter.count(text)), 0);
}
