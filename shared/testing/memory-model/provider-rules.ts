import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';

interface Turn {
  readonly role: Json | undefined;
  readonly calls: readonly string[];
  readonly results: readonly string[];
}

/**
 * Why a provider would refuse these messages: a call is answered in the next turn and by nothing
 * else, and the model does not speak first. Written without the product's own rules.
 */
export function refusals(format: string, messages: readonly JsonObject[]): string[] {
  const turns = turnsOf(messages);
  const speaksFirst = ['assistant', 'model'].includes(String(turns[0]?.role));
  const faults = speaksFirst && format !== 'openai' ? ['the first message is not of the user'] : [];
  return turns.reduce<string[]>((all, { calls, results }, index) => {
    const asked = turns[index - 1]?.calls ?? [];
    const answered = turns[index + 1]?.results ?? [];
    if (!isSame(results, asked)) all.push(`${index} answers ${results} where ${asked} was called`);
    if (!isSame(calls, answered)) all.push(`${index} calls ${calls} and ${answered} is answered`);
    return all;
  }, faults);
}

/** One turn per message; OpenAI's tool messages that follow each other are one turn. */
function turnsOf(messages: readonly JsonObject[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const { role, tool_calls: calls, tool_call_id: answers, content, parts } = message;
    const blocks = [...objects(content), ...objects(parts)];
    const turn = {
      role,
      calls: [...names(objects(calls), 'id'), ...named(blocks, 'tool_use', 'functionCall')],
      results: [...named(blocks, 'tool_result', 'functionResponse'), ...texts([answers])],
    };
    const last = turns.at(-1);
    const joins = role === 'tool' && last?.role === 'tool';
    if (joins) turns.splice(-1, 1, { ...turn, results: [...last.results, ...turn.results] });
    else turns.push(turn);
  }
  return turns;
}

/** Anthropic's blocks go by ids, Gemini's parts by names. */
function named(blocks: readonly JsonObject[], type: string, part: string): string[] {
  const ofType = blocks.filter((block) => block['type'] === type);
  const inner = blocks.flatMap((block) => objects([block[part] ?? null]));
  return [...names(ofType, type === 'tool_use' ? 'id' : 'tool_use_id'), ...names(inner, 'name')];
}

const names = (list: readonly JsonObject[], field: string): string[] =>
  texts(list.map((one) => one[field]));

const texts = (list: readonly (Json | undefined)[]): string[] =>
  list.filter((one) => typeof one === 'string');

const objects = (list: Json | undefined): JsonObject[] =>
  Array.isArray(list) ? list.filter(isJsonObject) : [];

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.toSorted().join('\n') === other.toSorted().join('\n');
