import { describe, expect, it } from 'vitest';
import { sentSession } from './checks/honest-client.ts';
import { contentTypeOf, textOf } from './sent.ts';

const call = (...ids: readonly string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
});
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'done' });
const say = { role: 'user', content: 'And?' };

describe('SentSession', () => {
  it('groups a call with all its results, also with one that comes later', () => {
    const sent = sentSession([call('a', 'b'), result('b'), say, result('a')]);
    expect(sent.groupBySeq.get(1)?.seqs).toEqual([1, 2, 4]);
    expect(sent.groupBySeq.get(4)).toBe(sent.groupBySeq.get(1));
    expect(sent.groupBySeq.get(3)?.seqs).toEqual([3]);
  });

  it('gives a result to the nearest open call of its id, and none to a result without one', () => {
    const sent = sentSession([call('a'), call('a'), result('a'), result('a'), result('a')]);
    expect(sent.groupBySeq.get(2)?.seqs).toEqual([2, 3]);
    expect(sent.groupBySeq.get(1)?.seqs).toEqual([1, 4]);
    expect(sent.groupBySeq.has(5)).toBe(false);
  });

  it('knows its last seq and its tokens', () => {
    const sent = sentSession([say, say, say]);
    expect([sent.lastSeq, sent.tokens]).toEqual([3, 30]);
  });
});

it('reads content types and texts as the contract gives them', () => {
  expect([say, call('a'), result('a'), { role: 'developer' }].map(contentTypeOf)).toEqual([
    'user_message',
    'tool_call',
    'tool_result',
    'system_message',
  ]);
  expect(contentTypeOf({ role: 'assistant', content: 'Yes' })).toBe('assistant_message');
  expect([{ content: 'a' }, { content: null }, { content: [] }].map(textOf)).toEqual([
    'a',
    '',
    undefined,
  ]);
});
