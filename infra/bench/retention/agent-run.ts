import { z } from 'zod';
import { parseMessages } from '../../../shared/domain/formats/parse.ts';
import type { JsonObject } from '../../../shared/kernel/json.ts';
import { holdsAsItIs, type Played } from './played.ts';

const Call = z.looseObject({ function: z.looseObject({ arguments: z.string() }) });
const Calls = z.object({ tool_calls: z.array(Call).nullish() });

/** Codes and numbers of some length: what must be right to the letter. */
const isNeeded = (value: string): boolean => value.length >= 4 && /\d/.test(value);

/**
 * The run of an agent. Asked for is, before each of its calls and once a summary was made, what the
 * arguments repeat of what was said before.
 */
export function agentRun(messages: readonly JsonObject[], index: number): Played {
  return {
    name: `run-${index}`,
    turns: messages.map((message) => parseMessages('openai', [message])),
    look(turn, toSeqs) {
      const calls = Calls.parse(messages[turn] ?? {}).tool_calls ?? [];
      if (toSeqs.length === 0 || calls.length === 0) return undefined;
      const said = JSON.stringify(messages.slice(0, turn));
      const values = calls.flatMap((call) => textsIn(JSON.parse(call.function.arguments)));
      const wanted = new Set(values.filter((value) => isNeeded(value) && said.includes(value)));
      return {
        when: 'before the next call',
        wanted: [...wanted].map((literal) => ({ kind: 'argument', literal })),
      };
    },
    holds: holdsAsItIs,
  };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
