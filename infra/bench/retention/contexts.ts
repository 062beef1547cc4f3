import type { Embedded } from '../../../shared/components/embedded.ts';
import { memoryText } from '../../../shared/domain/context/memory-text.ts';
import { trimSentences } from '../../../shared/domain/context/trim-sentences.ts';
import { overheadOf } from '../../../shared/domain/formats/overhead.ts';
import { countableText } from '../../../shared/domain/formats/tokens.ts';
import type { Summary } from '../../../shared/domain/head.ts';
import { type ItemDraft, isSystem } from '../../../shared/domain/item.ts';
import type { JsonObject } from '../../../shared/kernel/json.ts';
import type { TokenCounter } from '../../../shared/ports/token-counter.ts';
import { USER } from '../workspace.ts';

/** All that there is to make a context of. */
export interface Talk {
  readonly sessionId: string;
  readonly items: readonly ItemDraft[];
  readonly summary: Summary | undefined;
}

/** What a model gets to read within a budget of tokens, as one text. */
export type ContextOf = (talk: Talk, budget: number) => Promise<string> | string;

/** Ours, and what others do. */
export function contextsOf(
  { memory }: Embedded,
  counter: TokenCounter,
): Readonly<Record<'Strata' | 'last N' | 'summary', ContextOf>> {
  const costOf = (text: string) => counter.count(text) + overheadOf('openai').message;
  /** From the last one back, until one does not fit. */
  const newest = (items: readonly ItemDraft[], budget: number): readonly string[] => {
    const texts: string[] = [];
    let left = budget;
    for (const text of items.map(countableText).toReversed()) {
      left -= costOf(text);
      if (left < 0) break;
      texts.unshift(text);
    }
    return texts;
  };
  /** System items first, as far as they fit, as ours does; what is made of the rest of the budget. */
  const withSystem = (
    { items }: Talk,
    budget: number,
    make: (
      others: readonly (ItemDraft & { readonly seq: number })[],
      left: number,
    ) => readonly string[],
  ): string => {
    const system = newest(items.filter(isSystem), budget);
    const left = budget - system.reduce((sum, text) => sum + costOf(text), 0);
    const others = items.map((item, index) => ({ ...item, seq: index + 1 }));
    return [
      ...system,
      ...make(
        others.filter((item) => !isSystem(item)),
        left,
      ),
    ].join('\n');
  };
  return {
    async Strata({ sessionId }, tokenBudget) {
      const query = { userId: USER, sessionId, tokenBudget } as const;
      const { messages = [], tokens } = await memory.context({
        ...{ ...query, format: 'openai', explain: false },
      });
      if (tokens.total > tokenBudget) throw new Error('A context is over its budget');
      return messages.map(textOf).join('\n');
    },
    'last N': (talk, budget) => withSystem(talk, budget, newest),
    /** The same summary with the newest items after it, and no facts. */
    summary: (talk, budget) =>
      withSystem(talk, budget, (others, left) => {
        const { summary } = talk;
        if (!summary) return newest(others, left);
        const wrapped = (text: string) => memoryText({ summary: { ...summary, text } }) ?? '';
        const text = trimSentences(summary.text, (part) => costOf(wrapped(part)) <= left);
        if (text === undefined) return newest(others, left);
        const uncovered = others.filter(({ seq }) => seq > summary.toSeq);
        return [wrapped(text), ...newest(uncovered, left - costOf(wrapped(text)))];
      }),
  };
}

function textOf({ content, tool_calls: calls }: JsonObject): string {
  return [content, calls === undefined ? '' : JSON.stringify(calls)]
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('\n');
}
