import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemDraft } from '../item.ts';
import { anthropicConversations } from './anthropic-conversations.contract.ts';
import { texts } from './arbitraries.contract.ts';
import { describeFormat, selections, stored, violationsOf } from './formats.contract.ts';
import { geminiConversations } from './gemini-conversations.contract.ts';
import { openaiConversations } from './openai-conversations.contract.ts';
import { parseMessages } from './parse.ts';

describeFormat({ format: 'openai', conversations: openaiConversations });
describeFormat({ format: 'anthropic', conversations: anthropicConversations });
describeFormat({ format: 'gemini', conversations: geminiConversations });

const ids = fc.constantFrom('a', 'a', 'b', 'f#1', 'functions.f:0', 'x'.repeat(60));
const rawItems: fc.Arbitrary<ItemDraft> = fc.oneof(
  fc.record({
    content: texts,
    contentType: fc.constantFrom('user_message', 'assistant_message', 'system_message', 'note'),
  }),
  fc.record({
    content: texts,
    contentType: fc.constant('tool_call'),
    toolCalls: fc.array(
      fc.record({
        id: ids,
        name: fc.constantFrom('f', 'my tool', '1st', 'x'.repeat(80)),
        arguments: fc.jsonValue({ maxDepth: 2 }),
      }),
      { maxLength: 3 },
    ),
  }) as fc.Arbitrary<ItemDraft>,
  fc.record({ content: texts, contentType: fc.constant('tool_result'), toolCallId: ids }),
);

describe('items appended without a format', () => {
  it('are accepted by every provider, whatever ids they repeat and whatever is missing', () => {
    fc.assert(
      fc.property(fc.array(rawItems, { maxLength: 14 }), selections, (items, selection) => {
        expect(violationsOf(stored(items), selection)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a session of several formats', () => {
  it('is accepted by every provider, whatever is left out', () => {
    const mixed = fc
      .tuple(openaiConversations, anthropicConversations, geminiConversations, fc.array(rawItems))
      .map(([openai, anthropic, gemini, raw]) => [
        ...parseMessages('openai', openai.messages),
        ...raw,
        ...parseMessages('anthropic', anthropic.messages, anthropic.system),
        ...parseMessages('gemini', gemini.messages, gemini.system),
        ...parseMessages('anthropic', anthropic.messages),
      ]);
    fc.assert(
      fc.property(mixed, selections, (drafts, selection) => {
        expect(violationsOf(stored(drafts), selection)).toEqual([]);
      }),
    );
  });
});
