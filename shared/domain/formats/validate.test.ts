import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import { validateMessages } from './validate.ts';

const user = { role: 'user', content: 'Hi' };
const toolCall = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({
    id,
    type: 'function',
    function: { name: 'f', arguments: '{}' },
  })),
});
const tool = (id: string) => ({ role: 'tool', tool_call_id: id, content: '1' });

describe('what OpenAI refuses', () => {
  it.each<[string, JsonObject[], string[]]>([
    [
      'a call without a result at the end',
      [user, toolCall('a')],
      ['the end: no result for call a'],
    ],
    [
      'a message before the results',
      [toolCall('a'), user, tool('a')],
      [
        'messages.1: comes before the results of call a',
        'messages.2: answers call a, which no call just before it has open',
      ],
    ],
    [
      'a result without a call',
      [tool('a')],
      ['messages.0: answers call a, which no call just before it has open'],
    ],
    [
      'a second result',
      [toolCall('a'), tool('a'), tool('a')],
      ['messages.2: answers call a, which no call just before it has open'],
    ],
    [
      'an id twice in one message',
      [toolCall('a', 'a'), tool('a')],
      ['messages.0: two calls of one message share an id'],
    ],
    [
      'no calls in the list of calls',
      [toolCall()],
      ['messages.0: tool_calls must be a filled list'],
    ],
    [
      'arguments as an object',
      [
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: {} } }],
        },
        tool('a'),
      ],
      ['messages.0: arguments of a must be text'],
    ],
    ['an unknown role', [{ role: 'bot', content: '' }], ['messages.0: unknown role "bot"']],
    [
      'content of nothing',
      [{ role: 'user', content: [] }],
      ['messages.0: user content must be text or a filled list'],
    ],
    [
      'an assistant that says nothing',
      [{ role: 'assistant', content: null }],
      ['messages.0: an assistant message needs content'],
    ],
    [
      'an older call without its answer',
      [{ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } }, user],
      ['messages.1: comes before the results of function f'],
    ],
  ])('%s', (_what, messages, expected) => {
    expect(validateMessages('openai', messages)).toEqual(expected);
  });

  it('is nothing of a sound conversation, with an id again in a later message', () => {
    const messages = [user, toolCall('a', 'b'), tool('b'), tool('a'), toolCall('a'), tool('a')];
    expect(validateMessages('openai', messages)).toEqual([]);
  });
});

const use = (...ids: string[]) => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool_use', id, name: 'f', input: {} })),
});
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id });
const text = (words: string) => ({ type: 'text', text: words });

describe('what Anthropic refuses', () => {
  it.each<[string, JsonObject[], string[]]>([
    [
      'an assistant who begins',
      [{ role: 'assistant', content: 'Hi' }],
      ['messages.0: the user must begin'],
    ],
    [
      'another role',
      [{ role: 'system', content: 'Hi' }],
      ['messages.0: role must be user or assistant'],
    ],
    ['blank text', [{ role: 'user', content: ' \n' }], ['messages.0: content is empty']],
    ['a blank block', [{ role: 'user', content: [text(' ')] }], ['messages.0.0: text is empty']],
    [
      'a blank block in a result',
      [user, use('a'), { role: 'user', content: [{ ...result('a'), content: [text('')] }] }],
      ['messages.2.0.0: text is empty'],
    ],
    [
      'a call without a result',
      [user, use('a'), user],
      ['messages.1: no result for a in the next message'],
    ],
    [
      'results in two messages',
      [
        user,
        use('a', 'b'),
        { role: 'user', content: [result('a')] },
        { role: 'user', content: [result('b')] },
      ],
      [
        'messages.1: no result for b in the next message',
        'messages.3: answers b, which the message before did not call',
      ],
    ],
    [
      'words in front of the results',
      [user, use('a'), { role: 'user', content: [text('Here:'), result('a')] }],
      ['messages.2: results must come first'],
    ],
    [
      'a second result',
      [user, use('a'), { role: 'user', content: [result('a'), result('a')] }],
      ['messages.2: a call is answered twice'],
    ],
    [
      'an id that was used before',
      [
        user,
        use('a'),
        { role: 'user', content: [result('a')] },
        use('a'),
        { role: 'user', content: [result('a')] },
      ],
      ['messages.3: tool_use id a is not unique'],
    ],
    [
      'an id of other letters',
      [user, use('f#1'), { role: 'user', content: [result('f#1')] }],
      ['messages.1: tool_use id f#1 has other letters'],
    ],
    [
      'white space at the very end',
      [user, { role: 'assistant', content: 'Well ' }],
      ['the end: assistant text ends in white space'],
    ],
    [
      'thinking at the end of a message',
      [
        user,
        { role: 'assistant', content: [text('Hm'), { type: 'thinking', thinking: '' }] },
        user,
      ],
      ['messages.1: the final block must not be thinking'],
    ],
  ])('%s', (_what, messages, expected) => {
    expect(validateMessages('anthropic', messages)).toEqual(expected);
  });

  it('is nothing of a sound conversation', () => {
    const messages = [
      user,
      { role: 'assistant', content: 'Well ' },
      use('a', 'b'),
      { role: 'user', content: [result('b'), result('a'), text('Go on.')] },
    ];
    expect(validateMessages('anthropic', messages, 'Be brief.')).toEqual([]);
  });

  it('is empty system text', () => {
    expect(validateMessages('anthropic', [], [text('')])).toEqual(['system.0: text is empty']);
  });
});

const says = (words: string) => ({ role: 'user', parts: [{ text: words }] });
const calls = (...names: string[]) => ({
  role: 'model',
  parts: names.map((name) => ({ functionCall: { name, args: {} } })),
});
const responds = (...names: string[]) => ({
  role: 'user',
  parts: names.map((name) => ({ functionResponse: { name, response: {} } })),
});

describe('what Gemini refuses', () => {
  it.each<[string, JsonObject[], string[]]>([
    [
      'a model that begins',
      [{ role: 'model', parts: [{ text: 'Hi' }] }],
      ['contents.0: the user must begin'],
    ],
    ['no parts', [{ role: 'user', parts: [] }], ['contents.0: parts must not be empty']],
    ['empty text', [says('')], ['contents.0.parts.0: text is empty']],
    [
      'an unknown role',
      [{ role: 'assistant', parts: [{ text: 'Hi' }] }],
      ['contents.0: unknown role "assistant"'],
    ],
    [
      'a call after words of the model',
      [says('Hi'), { role: 'model', parts: [{ text: 'Well' }] }, calls('f'), responds('f')],
      ['contents.2: a call must follow a user or function response turn'],
    ],
    [
      'fewer responses than calls',
      [says('Hi'), calls('f', 'f'), responds('f')],
      [
        'contents.1: the next turn must have 2 function responses',
        'contents.2: responses are of f, calls of f, f',
      ],
    ],
    [
      'a response of another name',
      [says('Hi'), calls('f'), responds('g')],
      ['contents.2: responses are of g, calls of f'],
    ],
    [
      'a response with the id of no call',
      [
        says('Hi'),
        calls('f'),
        { role: 'user', parts: [{ functionResponse: { id: 'x', name: 'f', response: {} } }] },
      ],
      ['contents.2: x is not the id of a call'],
    ],
    [
      'a response without its call',
      [says('Hi'), responds('f')],
      ['contents.1: function responses must follow their call'],
    ],
    [
      'a response that is no object',
      [
        says('Hi'),
        calls('f'),
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: 'ok' } }] },
      ],
      ['contents.2.parts.0: must hold an object'],
    ],
  ])('%s', (_what, messages, expected) => {
    expect(validateMessages('gemini', messages)).toEqual(expected);
  });

  it('is nothing of a sound conversation', () => {
    const messages = [says('Hi'), calls('f', 'g'), responds('g', 'f'), calls('f'), responds('f')];
    expect(validateMessages('gemini', messages, { parts: [{ text: 'Be brief.' }] })).toEqual([]);
  });

  it('is a system instruction without text', () => {
    expect(validateMessages('gemini', [], { parts: [] })).toEqual([
      'system: needs parts with text',
    ]);
  });
});
