import { describe, expect, it } from 'vitest';
import { OpenAiTokenCounter } from '../../adapters/openai-tokens/openai-token-counter.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { callItem, resultItem, storedItem, userItem } from '../../testing/transcripts.ts';
import { parseMessages } from '../formats/parse.ts';
import { countableText } from '../formats/tokens.ts';
import { groupItems } from '../group.ts';
import type { Format, StoredItem } from '../item.ts';
import { costsOf } from './context-cost.ts';

// One token a character: expected values can be read off the texts.
const length = (text: string) => text.length;

const costIn = (format: 'raw' | Format, items: readonly StoredItem[], memory?: string) =>
  costsOf(length, format).total({ before: [], memory, recent: groupItems(items).groups });

const FORMATS = ['raw', 'openai', 'gemini', 'anthropic'] as const;
const inAll = (items: readonly StoredItem[], memory?: string) =>
  FORMATS.map((format) => costIn(format, items, memory));

const HI = userItem(1, { content: 'Hi', tokens: 2 });

describe('what a context costs', () => {
  it('is nothing for nothing', () => {
    expect(inAll([])).toEqual([0, 0, 0, 0]);
  });

  it('has a frame for each message, and one for the prompt where there is one', () => {
    expect(inAll([HI])).toEqual([2 + 4, 2 + 4 + 3, 2 + 5 + 4, 2 + 5 + 4]);
    const next = userItem(2, { content: 'Hello', tokens: 5 });
    expect(inAll([HI, next])).toEqual([7 + 8, 7 + 8 + 3, 7 + 10 + 4, 7 + 10 + 4]);
  });

  it('has the memory message, with its name where it has one', () => {
    expect(inAll([], 'They met.')).toEqual([9 + 4, 9 + 4 + 1 + 14 + 3, 9 + 5 + 4, 9 + 5 + 4]);
  });

  it('has a frame for each call and each result, and its name once more', () => {
    const items = [
      HI,
      callItem(2, ['a', 'b'], { content: '', tokens: 30 }),
      resultItem(3, 'a', { tokens: 11 }),
      resultItem(4, 'b', { tokens: 12 }),
    ];
    const texts = 2 + 30 + 11 + 12;
    const names = 2 * 'look_up'.length;
    expect(inAll(items)).toEqual([
      texts + 4 * 4,
      texts + names + 4 + 2 * (14 + 11) + 3,
      texts + names + 3 * 5 + 2 * (4 + 10) + 4,
      texts + names + 3 * 5 + 2 * (37 + 37) + 4,
    ]);
  });

  it('has what arguments grow by where they are put into an object', () => {
    const inside = (args: Json) => {
      const call = callItem(2, ['a'], { content: '', tokens: 9 });
      const toolCalls = (call.toolCalls ?? []).map((one) => ({ ...one, arguments: args }));
      return inAll([HI, { ...call, toolCalls }]);
    };
    const plain = inside({});
    const grown = (args: Json) => inside(args).map((cost, index) => cost - (plain[index] ?? 0));
    expect(grown('{"q": 1}')).toEqual([0, 0, 0, 0]);
    // {"input":"say \"x\"\n"}: twelve around it, a backslash before each quote and for the line's end.
    expect(grown('say "x"\n')).toEqual([0, 0, 12 + 3, 12 + 3]);
    expect(grown('')).toEqual([0, 0, 2, 2]);
    expect(grown(7)).toEqual([0, 0, 10, 10]);
  });

  it('has a message for what is said with a call', () => {
    const silent = [HI, callItem(2, ['a'], { content: ' ', tokens: 9 })];
    const spoken = [HI, callItem(2, ['a'], { content: 'Wait', tokens: 9 })];
    expect(costIn('openai', spoken) - costIn('openai', silent)).toBe(4);
    expect(costIn('gemini', spoken)).toBe(costIn('gemini', silent));
    // A part without a text is sent like any other.
    const content = [{ type: 'text', text: '' }];
    const source = { format: 'openai', message: { role: 'assistant', content } } as const;
    const empty = [HI, callItem(2, ['a'], { content: '', tokens: 9, source })];
    expect(costIn('openai', empty)).toBe(costIn('openai', spoken));
  });

  it('has a placeholder for a result that is missing', () => {
    const placeholder = '[No result was recorded for this call.]'.length;
    expect(costIn('raw', [callItem(1, ['a'], { tokens: 9 })])).toBe(9 + 4 + 4 + placeholder);
  });
});

/** Our price by OpenAI's own vocabulary, of messages as they are appended and rendered again. */
function pricedByOpenAi(messages: readonly JsonObject[]): number {
  const counter = new OpenAiTokenCounter();
  const items = parseMessages('openai', messages).map((draft, index) =>
    storedItem(index + 1, { ...draft, tokens: counter.count(countableText(draft)) }),
  );
  const recent = groupItems(items).groups;
  return costsOf((text) => counter.count(text), 'openai').total({ before: [], recent });
}

const call = (id: string, name: string, args: string): JsonObject => ({
  ...{ id, type: 'function', function: { name, arguments: args } },
});

describe("OpenAI's own counts", () => {
  it('of the messages in its cookbook, 124 for gpt-4o, are met, names aside', () => {
    const example = (name: string, content: string) => ({ role: 'system', name, content });
    const messages = [
      {
        role: 'system',
        content:
          'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
      },
      example('example_user', 'New synergies will help drive top-line growth.'),
      example('example_assistant', 'Things working well together will increase revenue.'),
      example(
        'example_user',
        "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
      ),
      example('example_assistant', "Let's talk later when we're less busy about how to do better."),
      {
        role: 'user',
        content:
          "This late pivot means we don't have time to boil the ocean for the client deliverable.",
      },
    ];
    // A name is stored as the field that it is, {"name":"example_user"}: three tokens more each.
    expect(pricedByOpenAi(messages)).toBe(124 + 4 * 3);
    const nameless = messages.map(({ role, content }) => ({ role, content }));
    // The names are two tokens or three, and one more each.
    expect(pricedByOpenAi(nameless)).toBe(124 - (3 + 4 + 3 + 4));
  });

  it('of prompts with calls, as users were charged for them, are not above ours', () => {
    const weather = '{\n  "location": "Boston, MA"\n}';
    const asked = [
      {
        ...{ role: 'assistant', content: null },
        tool_calls: [call('call_1', 'get_current_weather', weather)],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '29 degree celcius' },
    ];
    expect(pricedByOpenAi(asked)).toBeGreaterThanOrEqual(35);
    const sums = (count: number) => [
      { role: 'user', content: 'How much is 2 plus 2?' },
      {
        ...{ role: 'assistant', content: null },
        tool_calls: Array.from({ length: count }, (_, index) =>
          call(`a${index}`, 'calculator', '{"a":2, "b":2}'),
        ),
      },
      ...Array.from({ length: count }, (_, index) => ({
        ...{ role: 'tool', tool_call_id: `a${index}`, content: '4' },
      })),
    ];
    const prices = [1, 2, 3].map((count) => pricedByOpenAi(sums(count)));
    expect(prices[0]).toBeGreaterThanOrEqual(40);
    expect(prices[1]).toBeGreaterThanOrEqual(89);
    expect(prices[2]).toBeGreaterThanOrEqual(114);
  });
});
