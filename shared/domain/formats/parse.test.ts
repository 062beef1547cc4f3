import { describe, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Format } from '../item.ts';
import { parseMessages } from './parse.ts';

function faultsOf(format: Format, messages: readonly unknown[], system?: Json): unknown {
  try {
    parseMessages(format, messages as JsonObject[], system);
  } catch (thrown) {
    const { code, details } = AppError.from(thrown);
    return code === 'invalid-argument' ? details['violations'] : code;
  }
  return 'accepted';
}

const fault = (path: string, message: string) => [{ path, message }];

describe('reading OpenAI messages', () => {
  it('makes one item of each message, and keeps a message only where its item would lose a field', () => {
    const named = { role: 'tool', tool_call_id: 'call_1', name: 'search', content: '[]' };
    expect(
      parseMessages('openai', [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"q":1}' } },
          ],
        },
        named,
        { role: 'assistant', content: 'Hello' },
      ]),
    ).toEqual([
      {
        content: 'Be brief.',
        contentType: 'system_message',
        source: { format: 'openai', message: { role: 'developer', content: 'Be brief.' } },
      },
      { content: 'Hi', contentType: 'user_message', source: { format: 'openai' } },
      {
        content: '',
        contentType: 'tool_call',
        toolCalls: [{ id: 'call_1', name: 'search', arguments: '{"q":1}' }],
        source: { format: 'openai' },
      },
      {
        content: '[]',
        contentType: 'tool_result',
        toolCallId: 'call_1',
        source: { format: 'openai', message: named },
      },
      { content: 'Hello', contentType: 'assistant_message', source: { format: 'openai' } },
    ]);
  });

  it('reads the text parts of a list, and the words of a refusal', () => {
    const [user, assistant] = parseMessages('openai', [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is' },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          { type: 'text', text: 'this?' },
        ],
      },
      { role: 'assistant', content: null, refusal: 'I will not say.' },
    ]);
    expect(user?.content).toBe('What is\nthis?');
    expect(assistant?.content).toBe('I will not say.');
  });

  it('reads the older function calls, which have no id', () => {
    const items = parseMessages('openai', [
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '1' },
    ]);
    expect(items).toMatchObject([
      { contentType: 'tool_call', toolCalls: [{ id: 'f#1', name: 'f', arguments: '{}' }] },
      { contentType: 'tool_result', toolCallId: 'f#1', content: '1' },
    ]);
  });

  it('reads what an SDK stores of a message without calls', () => {
    const message = { role: 'assistant', content: 'Hi', tool_calls: null, function_call: null };
    expect(parseMessages('openai', [message])).toMatchObject([
      { contentType: 'assistant_message', content: 'Hi' },
    ]);
  });

  it.each<[string, unknown, string, string]>([
    ['no object', 'Hi', 'messages.0', 'must be an object'],
    [
      'no role',
      { content: 'Hi' },
      'messages.0.role',
      'must be one of system, developer, user, assistant, tool, function',
    ],
    ['no content', { role: 'user' }, 'messages.0.content', 'must be a string or a list of parts'],
    [
      'an assistant that says nothing',
      { role: 'assistant' },
      'messages.0.content',
      'is required without tool_calls',
    ],
    [
      'a tool message that answers no call',
      { role: 'tool', content: '1' },
      'messages.0.tool_call_id',
      'must be a non-empty string',
    ],
    [
      'a part without a type',
      { role: 'user', content: [{ text: 'Hi' }] },
      'messages.0.content.0.type',
      'must be a non-empty string',
    ],
    [
      'a part of another provider',
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
      'messages.0.content.0.type',
      'is not a part of an OpenAI message',
    ],
    [
      'an image without its field',
      { role: 'user', content: [{ type: 'image_url' }] },
      'messages.0.content.0.image_url',
      'must be an object',
    ],
    [
      'arguments that are no text',
      {
        role: 'assistant',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: {} } }],
      },
      'messages.0.tool_calls.0.function.arguments',
      'must be a string',
    ],
    [
      'a function message without a name',
      { role: 'function', content: '1' },
      'messages.0.name',
      'must be a non-empty string',
    ],
  ])('refuses %s', (_what, message, path, expected) => {
    expect(faultsOf('openai', [message])).toEqual(fault(path, expected));
  });

  it('names every fault at once', () => {
    expect(faultsOf('openai', [{ role: 'user', content: 1 }, { role: 'bot' }])).toMatchObject([
      { path: 'messages.0.content' },
      { path: 'messages.1.role' },
    ]);
  });

  it('refuses system text beside the messages: it has its place among them', () => {
    expect(faultsOf('openai', [], 'Be brief.')).toEqual(
      fault('system', 'is a message of its own in this format'),
    );
  });
});

describe('reading Anthropic messages', () => {
  it('makes an item of the system text and one of each result, and one of what follows them', () => {
    expect(
      parseMessages(
        'anthropic',
        [
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'Let me look.' },
              { type: 'tool_use', id: 'a', name: 'f', input: { q: 1 } },
              { type: 'tool_use', id: 'b', name: 'g', input: {} },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'a', content: '1' },
              { type: 'tool_result', tool_use_id: 'b', content: '2', is_error: true },
              { type: 'text', text: 'Go on.' },
            ],
          },
        ],
        'Be brief.',
      ),
    ).toEqual([
      { content: 'Be brief.', contentType: 'system_message', source: { format: 'anthropic' } },
      {
        content: 'Let me look.',
        contentType: 'tool_call',
        toolCalls: [
          { id: 'a', name: 'f', arguments: { q: 1 } },
          { id: 'b', name: 'g', arguments: {} },
        ],
        source: { format: 'anthropic' },
      },
      {
        content: '1',
        contentType: 'tool_result',
        toolCallId: 'a',
        source: { format: 'anthropic', part: { index: 0, of: 3 } },
      },
      {
        content: '2',
        contentType: 'tool_result',
        toolCallId: 'b',
        source: {
          format: 'anthropic',
          part: { index: 1, of: 3 },
          message: {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 'b', content: '2', is_error: true }],
          },
        },
      },
      {
        content: 'Go on.',
        contentType: 'user_message',
        source: { format: 'anthropic', part: { index: 2, of: 3 } },
      },
    ]);
  });

  it('leaves thinking out of the content and keeps it in the message', () => {
    const message = {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'text', text: 'Yes.' },
      ],
    };
    expect(parseMessages('anthropic', [message])).toEqual([
      {
        content: 'Yes.',
        contentType: 'assistant_message',
        source: { format: 'anthropic', message },
      },
    ]);
  });

  it('takes a system message among the others, and no system text for none', () => {
    const messages = [{ role: 'system', content: 'Be brief.' }];
    expect(parseMessages('anthropic', messages, '')).toMatchObject([
      { contentType: 'system_message', content: 'Be brief.' },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a role of another provider', { role: 'tool', content: '1' }, 'messages.0.role'],
    ['content that is no text and no list', { role: 'user', content: {} }, 'messages.0.content'],
    [
      'a text block without text',
      { role: 'user', content: [{ type: 'text' }] },
      'messages.0.content.0.text',
    ],
    [
      'a block of another provider',
      { role: 'user', content: [{ type: 'image_url', image_url: {} }] },
      'messages.0.content.0.type',
    ],
    [
      'a result in the mouth of the assistant',
      { role: 'assistant', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
      'messages.0.content.0.type',
    ],
    [
      'a call in the mouth of the user',
      { role: 'user', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
      'messages.0.content.0.type',
    ],
    [
      'a call without an object for its input',
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }] },
      'messages.0.content.0.input',
    ],
    [
      'a block inside a result that has no type',
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{}] }] },
      'messages.0.content.0.content.0.type',
    ],
  ])('refuses %s', (_what, message, path) => {
    expect(faultsOf('anthropic', [message])).toMatchObject([{ path }]);
  });

  it('refuses system text with anything but text in it', () => {
    expect(faultsOf('anthropic', [], [{ type: 'image' }])).toEqual(
      fault('system.0.type', 'must be text'),
    );
  });
});

describe('reading Gemini contents', () => {
  it('numbers calls and responses that have no ids, by name', () => {
    const items = parseMessages('gemini', [
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'f', args: { q: 1 } } },
          { functionCall: { name: 'g', args: {} } },
          { functionCall: { name: 'f', args: { q: 2 } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', response: { result: 'one' } } },
          { functionResponse: { name: 'g', response: { ok: true } } },
          { functionResponse: { name: 'f', response: { result: 'two' } } },
        ],
      },
    ]);
    expect(items).toEqual([
      {
        content: '',
        contentType: 'tool_call',
        toolCalls: [
          { id: 'f#1', name: 'f', arguments: { q: 1 } },
          { id: 'g#1', name: 'g', arguments: {} },
          { id: 'f#2', name: 'f', arguments: { q: 2 } },
        ],
        source: { format: 'gemini' },
      },
      {
        content: 'one',
        contentType: 'tool_result',
        toolCallId: 'f#1',
        source: { format: 'gemini', part: { index: 0, of: 3 } },
      },
      {
        content: '{"ok":true}',
        contentType: 'tool_result',
        toolCallId: 'g#1',
        source: { format: 'gemini', part: { index: 1, of: 3 } },
      },
      {
        content: 'two',
        contentType: 'tool_result',
        toolCallId: 'f#2',
        source: { format: 'gemini', part: { index: 2, of: 3 } },
      },
    ]);
  });

  it('numbers responses alike when their call came in an earlier request', () => {
    const response = { functionResponse: { name: 'f', response: { result: '' } } };
    const items = parseMessages('gemini', [{ role: 'user', parts: [response, response] }]);
    expect(items.map(({ toolCallId }) => toolCallId)).toEqual(['f#1', 'f#2']);
  });

  it('finds the call of a response that lost its id, also across two contents', () => {
    const response = { functionResponse: { name: 'f', response: { result: '' } } };
    const items = parseMessages('gemini', [
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'x', name: 'f', args: {} } },
          { functionCall: { id: 'y', name: 'f', args: {} } },
        ],
      },
      { role: 'user', parts: [response] },
      { role: 'user', parts: [response] },
    ]);
    expect(items.slice(1).map(({ toolCallId }) => toolCallId)).toEqual(['x', 'y']);
  });

  it('takes a content without a role as the user, and leaves thoughts out', () => {
    expect(
      parseMessages('gemini', [
        { parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hm.', thought: true }, { text: 'Hello' }] },
      ]),
    ).toMatchObject([
      { contentType: 'user_message', content: 'Hi' },
      { contentType: 'assistant_message', content: 'Hello' },
    ]);
  });

  it('takes the system instruction as a string or as a content', () => {
    const content = { role: 'user', parts: [{ text: 'Be' }, { text: 'brief.' }] };
    expect(parseMessages('gemini', [], 'Be brief.')).toEqual([
      { content: 'Be brief.', contentType: 'system_message', source: { format: 'gemini' } },
    ]);
    expect(parseMessages('gemini', [], content)).toEqual([
      {
        content: 'Be\nbrief.',
        contentType: 'system_message',
        source: { format: 'gemini', message: content },
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a role of another provider', { role: 'assistant', parts: [] }, 'messages.0.role'],
    ['no parts', { role: 'user', content: 'Hi' }, 'messages.0.parts'],
    ['an empty part', { role: 'user', parts: [{}] }, 'messages.0.parts.0'],
    ['text that is none', { role: 'user', parts: [{ text: 1 }] }, 'messages.0.parts.0.text'],
    [
      'a call by the user',
      { role: 'user', parts: [{ functionCall: { name: 'f' } }] },
      'messages.0.parts.0.functionCall',
    ],
    [
      'a response by the model',
      { role: 'model', parts: [{ functionResponse: { name: 'f', response: {} } }] },
      'messages.0.parts.0.functionResponse',
    ],
    [
      'a response that is no object',
      { role: 'user', parts: [{ function_response: { name: 'f', response: 'ok' } }] },
      'messages.0.parts.0.function_response.response',
    ],
    [
      'a call without a name',
      { role: 'model', parts: [{ functionCall: { args: {} } }] },
      'messages.0.parts.0.functionCall.name',
    ],
  ])('refuses %s', (_what, message, path) => {
    expect(faultsOf('gemini', [message])).toMatchObject([{ path }]);
  });

  it('refuses a system instruction without parts', () => {
    expect(faultsOf('gemini', [], { text: 'Be brief.' })).toEqual(
      fault('system.parts', 'must be a list'),
    );
  });
});
