import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import type { Format } from '../item.ts';
import { parseMessages } from './parse.ts';
import { countableText } from './tokens.ts';

const textsOf = (format: Format, ...messages: JsonObject[]) =>
  parseMessages(format, messages).map(countableText);

const base64 = 'iVBORw0KGgo'.repeat(1_000);

describe('the text that an item costs', () => {
  it('is its content', () => {
    expect(countableText({ content: 'Hi', contentType: 'note' })).toBe('Hi');
  });

  it('has the names and arguments of its calls', () => {
    expect(
      countableText({
        content: 'Wait.',
        contentType: 'tool_call',
        toolCalls: [
          { id: 'a', name: 'f', arguments: '{"q": 1}' },
          { id: 'b', name: 'g', arguments: { q: 2 } },
        ],
      }),
    ).toBe('Wait.\nf\n{"q": 1}\ng\n{"q":2}');
  });

  it('has no bytes of an image in it, whatever the format', () => {
    expect(
      textsOf('openai', {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } },
        ],
      }),
    ).toEqual(['See\n{"type":"image_url","image_url":{"url":"[bytes]"}}']);
    expect(
      textsOf('anthropic', {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'a',
            content: [
              { type: 'text', text: 'See' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } },
            ],
          },
        ],
      }),
    ).toEqual([
      'See\n{"type":"image","source":{"type":"base64","media_type":"image/png","data":"[bytes]"}}',
    ]);
    expect(
      textsOf('gemini', {
        role: 'user',
        parts: [{ text: 'See' }, { inlineData: { mimeType: 'image/png', data: base64 } }],
      }),
    ).toEqual(['See\n{"inlineData":{"mimeType":"image/png","data":"[bytes]"}}']);
  });

  it('has thinking in it, without the signature, and fields that no item has', () => {
    expect(
      textsOf('anthropic', {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'EqQBCkgIARAB' },
          { type: 'text', text: 'Yes.' },
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
        ],
      }),
    ).toEqual(['Yes.\nf\n{}\n{"type":"thinking","thinking":"Hm.","signature":"[bytes]"}']);
    expect(
      textsOf('openai', {
        role: 'assistant',
        content: 'Yes.',
        reasoning_content: 'Hm.',
        refusal: null,
      }),
    ).toEqual(['Yes.\n{"reasoning_content":"Hm."}']);
  });

  it('has plain words in it that stand in a field for bytes', () => {
    const [text] = textsOf('anthropic', {
      role: 'user',
      content: [{ type: 'document', source: { type: 'text', data: 'Plain, and long.' } }],
    });
    expect(text).toContain('Plain, and long.');
  });
});
