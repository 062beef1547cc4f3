import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import { type Group, groupItems } from '../group.ts';
import type { Format, Item, ItemDraft } from '../item.ts';
import { stored } from './formats.contract.ts';
import { parseMessages } from './parse.ts';
import { OPENER_TEXT, renderMessages, UNANSWERED_RESULT_TEXT } from './render.ts';

const groupsOf = (items: readonly Item[]): readonly Group[] => groupItems(items).groups;
const raw = (...drafts: ItemDraft[]) => groupsOf(stored(drafts));
const sent = (format: Format, ...messages: JsonObject[]) =>
  groupsOf(stored(parseMessages(format, messages)));

const user: ItemDraft = { content: 'Hi', contentType: 'user_message' };
const assistant: ItemDraft = { content: 'Hello', contentType: 'assistant_message' };
const call: ItemDraft = {
  content: '',
  contentType: 'tool_call',
  toolCalls: [
    { id: 'a', name: 'f', arguments: '{"q":1}' },
    { id: 'b', name: 'g', arguments: { q: 2 } },
  ],
};
const resultB: ItemDraft = { content: '{"n":2}', contentType: 'tool_result', toolCallId: 'b' };
const resultA: ItemDraft = { content: 'one', contentType: 'tool_result', toolCallId: 'a' };

describe('writing items that came without a format', () => {
  const items = raw(
    { content: 'Be brief.', contentType: 'system_message' },
    user,
    call,
    resultB,
    resultA,
    { content: 'It rains.', contentType: 'weather.note' },
    assistant,
  );

  it('makes OpenAI messages', () => {
    expect(renderMessages('openai', { before: [], recent: items })).toEqual({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"q":1}' } },
            { id: 'b', type: 'function', function: { name: 'g', arguments: '{"q":2}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'b', content: '{"n":2}' },
        { role: 'tool', tool_call_id: 'a', content: 'one' },
        { role: 'user', content: 'It rains.' },
        { role: 'assistant', content: 'Hello' },
      ],
    });
  });

  it('makes Anthropic messages, with the system text apart and the results in one message', () => {
    expect(renderMessages('anthropic', { before: [], recent: items })).toEqual({
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'a', name: 'f', input: { q: 1 } },
            { type: 'tool_use', id: 'b', name: 'g', input: { q: 2 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'b', content: '{"n":2}' },
            { type: 'tool_result', tool_use_id: 'a', content: 'one' },
          ],
        },
        { role: 'user', content: 'It rains.' },
        { role: 'assistant', content: 'Hello' },
      ],
    });
  });

  it('makes Gemini contents, with responses as objects in the order of their calls', () => {
    expect(renderMessages('gemini', { before: [], recent: items })).toEqual({
      system: { parts: [{ text: 'Be brief.' }] },
      messages: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        {
          role: 'model',
          parts: [
            {
              functionCall: { name: 'f', args: { q: 1 } },
              thoughtSignature: 'skip_thought_signature_validator',
            },
            { functionCall: { name: 'g', args: { q: 2 } } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'f', response: { result: 'one' } } },
            { functionResponse: { name: 'g', response: { n: 2 } } },
          ],
        },
        { role: 'user', parts: [{ text: 'It rains.' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
      ],
    });
  });
});

describe('what a call is owed', () => {
  it('puts a placeholder where a result is missing', () => {
    const recent = raw(user, call, resultB);
    const [, , ...openai] = renderMessages('openai', { before: [], recent }).messages;
    expect(openai).toEqual([
      { role: 'tool', tool_call_id: 'b', content: '{"n":2}' },
      { role: 'tool', tool_call_id: 'a', content: UNANSWERED_RESULT_TEXT },
    ]);
    const [, , anthropic] = renderMessages('anthropic', { before: [], recent }).messages;
    expect(anthropic?.['content']).toEqual([
      { type: 'tool_result', tool_use_id: 'b', content: '{"n":2}' },
      { type: 'tool_result', tool_use_id: 'a', content: UNANSWERED_RESULT_TEXT },
    ]);
    const [, , gemini] = renderMessages('gemini', { before: [], recent }).messages;
    expect(gemini?.['parts']).toEqual([
      { functionResponse: { name: 'f', response: { result: UNANSWERED_RESULT_TEXT } } },
      { functionResponse: { name: 'g', response: { n: 2 } } },
    ]);
  });

  it('brings a late result to its call, and leaves out a second one and one without a call', () => {
    const late: Group[] = [
      ...raw(user, call, resultB, assistant, resultA),
      { items: stored([{ ...resultA, toolCallId: 'gone' }]), unanswered: [] },
    ];
    const [first, exchange, ...others] = late;
    const twice = { items: [...(exchange?.items ?? []), ...stored([resultA])], unanswered: [] };
    const recent = [...(first ? [first] : []), twice, ...others];
    expect(renderMessages('openai', { before: [], recent }).messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'b', content: '{"n":2}' },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
      { role: 'assistant', content: 'Hello' },
    ]);
  });

  it('writes an older function call with the answer that belongs to it', () => {
    const message = {
      role: 'assistant',
      content: null,
      function_call: { name: 'f', arguments: '' },
    };
    expect(renderMessages('openai', { before: [], recent: sent('openai', message) })).toEqual({
      messages: [message, { role: 'function', name: 'f', content: UNANSWERED_RESULT_TEXT }],
    });
  });
});

describe('an older function message that answers a newer call', () => {
  it('is written the newer way', () => {
    const entry = { id: 'f#1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const message = { role: 'assistant', content: null, tool_calls: [entry] };
    const recent = sent('openai', message, { role: 'function', name: 'f', content: 'one' });
    expect(renderMessages('openai', { before: [], recent }).messages).toEqual([
      message,
      { role: 'tool', tool_call_id: 'f#1', content: 'one' },
    ]);
  });
});

describe('ids of calls', () => {
  const again = (id: string): ItemDraft[] => [
    { content: '', contentType: 'tool_call', toolCalls: [{ id, name: 'f', arguments: {} }] },
    { content: 'ok', contentType: 'tool_result', toolCallId: id },
  ];
  const toolUse = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
  const answer = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });

  it('are made unique for Anthropic, with their results', () => {
    const recent = raw(user, ...again('x'), ...again('x'), ...again('x_2'));
    const { messages } = renderMessages('anthropic', { before: [], recent });
    expect(messages.slice(1).map(({ content }) => content)).toEqual([
      [toolUse('x')],
      [answer('x')],
      [toolUse('x_2')],
      [answer('x_2')],
      [toolUse('x_2_2')],
      [answer('x_2_2')],
    ]);
  });

  it('are written in letters that Anthropic takes', () => {
    const recent = raw(user, ...again('functions.f:0'));
    const { messages } = renderMessages('anthropic', { before: [], recent });
    expect(messages[1]?.['content']).toEqual([toolUse('functions_f_0')]);
    expect(messages[2]?.['content']).toEqual([answer('functions_f_0')]);
  });

  it('stay as OpenAI gave them when a later message has them again', () => {
    const messages = ['1', '2'].flatMap((content) => [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'x', content },
    ]);
    const recent = sent('openai', ...messages);
    expect(renderMessages('openai', { before: [], recent }).messages).toEqual(messages);
  });

  it('are told apart in one OpenAI message, each with its own result', () => {
    const entry = { id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } };
    const recent = sent(
      'openai',
      { role: 'assistant', content: null, tool_calls: [entry, entry] },
      { role: 'tool', tool_call_id: 'x', content: '1' },
      { role: 'tool', tool_call_id: 'x', content: '2' },
    );
    expect(renderMessages('openai', { before: [], recent }).messages).toEqual([
      { role: 'assistant', content: null, tool_calls: [entry, { ...entry, id: 'x_2' }] },
      { role: 'tool', tool_call_id: 'x', content: '1' },
      { role: 'tool', tool_call_id: 'x_2', content: '2' },
    ]);
  });

  it('made for Gemini calls are seen by no provider', () => {
    const recent = sent(
      'gemini',
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
    );
    for (const format of ['openai', 'anthropic', 'gemini'] as const)
      expect(JSON.stringify(renderMessages(format, { before: [], recent }))).not.toContain('f#1');
  });
});

describe('the memory message', () => {
  it('stands between what is in front and the recent part', () => {
    const input = { before: raw(user), memory: 'They met.', recent: raw(assistant) };
    expect(renderMessages('openai', input).messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'user', name: 'memory_summary', content: 'They met.' },
      { role: 'assistant', content: 'Hello' },
    ]);
    expect(renderMessages('anthropic', input).messages[1]).toEqual({
      role: 'user',
      content: 'They met.',
    });
    expect(renderMessages('gemini', input).messages[1]).toEqual({
      role: 'user',
      parts: [{ text: 'They met.' }],
    });
  });

  it('moves to the front where the model would begin, and an opener stands in without one', () => {
    const before = raw(assistant);
    expect(renderMessages('anthropic', { before, memory: 'They met.', recent: [] })).toEqual({
      messages: [
        { role: 'user', content: 'They met.' },
        { role: 'assistant', content: 'Hello' },
      ],
    });
    expect(renderMessages('anthropic', { before, recent: [] }).messages[0]).toEqual({
      role: 'user',
      content: OPENER_TEXT,
    });
    expect(renderMessages('gemini', { before, recent: [] }).messages[0]).toEqual({
      role: 'user',
      parts: [{ text: OPENER_TEXT }],
    });
    expect(renderMessages('openai', { before, recent: [] }).messages).toEqual([
      { role: 'assistant', content: 'Hello' },
    ]);
  });

  it('separates results from the words sent with them when it comes between', () => {
    const [exchange, rest] = sent(
      'anthropic',
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a' },
          { type: 'text', text: 'Go on.' },
        ],
      },
    );
    const { messages } = renderMessages('anthropic', {
      before: exchange ? [exchange] : [],
      memory: 'They met.',
      recent: rest ? [rest] : [],
    });
    expect(messages.slice(2)).toEqual([
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
      { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
    ]);
  });
});

describe('words sent with results', () => {
  it('are not put into a message that they did not come with', () => {
    const exchange = (id: string) => [
      { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: id },
          { type: 'text', text: `Said with ${id}.` },
        ],
      },
    ];
    const [opening, first, , , restOfSecond] = sent(
      'anthropic',
      { role: 'user', content: 'Hi' },
      ...exchange('a'),
      ...exchange('b'),
    );
    const recent = [opening, first, restOfSecond].filter((group) => group !== undefined);
    expect(renderMessages('anthropic', { before: [], recent }).messages.slice(2)).toEqual([
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
      { role: 'user', content: [{ type: 'text', text: 'Said with b.' }] },
    ]);
  });
});

describe('what a provider refuses', () => {
  it('is empty text for Anthropic: it goes, and so does a message with nothing else', () => {
    const recent = sent(
      'anthropic',
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [] },
      { role: 'user', content: ' \n' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: ' ' },
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: '' }] }],
      },
    );
    expect(renderMessages('anthropic', { before: [], recent }).messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
    ]);
  });

  it('is white space at the end of the last Anthropic message, and thinking at the end of any', () => {
    const recent = sent(
      'anthropic',
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Well \n' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Hello ' },
          { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        ],
      },
    );
    expect(renderMessages('anthropic', { before: [], recent }).messages.slice(1)).toEqual([
      { role: 'assistant', content: 'Well \n' },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
    ]);
  });

  it('is anything in front of the results in an Anthropic message', () => {
    const text = { type: 'text', text: 'Here:' };
    const result = { type: 'tool_result', tool_use_id: 'a', content: '1' };
    const recent = sent(
      'anthropic',
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
      { role: 'user', content: [text, result] },
    );
    expect(renderMessages('anthropic', { before: [], recent }).messages[2]).toEqual({
      role: 'user',
      content: [result, text],
    });
  });

  it('is results in several Anthropic messages: they are joined', () => {
    const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: id });
    const recent = sent(
      'anthropic',
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      },
      { role: 'user', content: [result('b')] },
      { role: 'user', content: [result('a')] },
    );
    expect(renderMessages('anthropic', { before: [], recent }).messages.slice(2)).toEqual([
      { role: 'user', content: [result('b'), result('a')] },
    ]);
  });

  it('is an empty text part for Gemini, unless it carries a signature', () => {
    const signed = { text: '', thoughtSignature: 'c2ln' };
    const recent = sent(
      'gemini',
      { role: 'user', parts: [{ text: 'Hi' }, { text: '' }] },
      { role: 'model', parts: [{ text: '' }] },
      { role: 'model', parts: [signed] },
    );
    expect(renderMessages('gemini', { before: [], recent }).messages).toEqual([
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [signed] },
    ]);
  });

  it('is a Gemini call right after other words of the model', () => {
    const recent = raw(user, assistant, call);
    const roles = renderMessages('gemini', { before: [], recent }).messages.map(({ role }) => role);
    expect(roles).toEqual(['user', 'model', 'user', 'model', 'user']);
  });

  it('is an empty list of calls for OpenAI, and a message of nothing at all', () => {
    const recent = sent(
      'openai',
      { role: 'user', content: '' },
      { role: 'assistant', content: 'Hi', tool_calls: [] },
      { role: 'assistant', content: 'Hi', tool_calls: null, x: 1 },
      { role: 'assistant', content: null },
      { role: 'user', content: [] },
    );
    expect(renderMessages('openai', { before: [], recent }).messages).toEqual([
      { role: 'user', content: '' },
      { role: 'assistant', content: 'Hi' },
      { role: 'assistant', content: 'Hi', x: 1 },
    ]);
  });
});

describe('translation', () => {
  it('brings OpenAI tool calls to Anthropic, empty and broken arguments included', () => {
    const entry = (id: string, args: string) => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: args },
    });
    const recent = sent(
      'openai',
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: 'Wait.',
        tool_calls: [entry('a', '{"q":[1]}'), entry('b', ''), entry('c', '{"q":')],
      },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
    );
    expect(renderMessages('anthropic', { before: [], recent })).toEqual({
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Wait.' },
            { type: 'tool_use', id: 'a', name: 'f', input: { q: [1] } },
            { type: 'tool_use', id: 'b', name: 'f', input: {} },
            { type: 'tool_use', id: 'c', name: 'f', input: { input: '{"q":' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: 'one' },
            { type: 'tool_result', tool_use_id: 'b', content: UNANSWERED_RESULT_TEXT },
            { type: 'tool_result', tool_use_id: 'c', content: UNANSWERED_RESULT_TEXT },
          ],
        },
      ],
    });
  });

  it('brings words sent behind an Anthropic result to OpenAI as a message of their own', () => {
    const recent = sent(
      'anthropic',
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: { q: 1 } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'one' }] },
          { type: 'text', text: 'Go on.' },
        ],
      },
    );
    expect(renderMessages('openai', { before: [], recent }).messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"q":1}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
      { role: 'user', content: 'Go on.' },
    ]);
  });

  it('joins system texts of several kinds', () => {
    const blocks = [{ type: 'text', text: 'One.', cache_control: { type: 'ephemeral' } }];
    const before = groupsOf(
      stored([
        ...parseMessages('anthropic', [], blocks),
        ...parseMessages('gemini', [], 'Two.'),
        { content: ' ', contentType: 'system_message' },
      ]),
    );
    expect(renderMessages('anthropic', { before, recent: [] }).system).toEqual([
      ...blocks,
      { type: 'text', text: 'Two.' },
    ]);
    expect(renderMessages('gemini', { before: before.slice(0, 2), recent: [] }).system).toEqual({
      parts: [{ text: 'One.' }, { text: 'Two.' }],
    });
  });
});
