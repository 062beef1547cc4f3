import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDir, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.close();
  await removeDir(stack.dataDir);
});

async function roundTrip(format: string, messages: readonly object[], system?: unknown) {
  const session = { userId: 'u1', sessionId: `${format}-${messages.length}` };
  const body = { ...session, format, messages, ...(system !== undefined && { system }) };
  const written = await stack.call('POST', '/write-items', body);
  expect(written.status).toBe(201);
  const query = new URLSearchParams({ ...session, format, tokenBudget: '100000', maxItems: '500' });
  return (await stack.call('GET', `/read-items/context?${query}`)).json;
}

const OPENAI = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: [{ type: 'text', text: 'Weather in Bern and Basel?' }], name: 'ann' },
  {
    role: 'assistant',
    content: null,
    refusal: null,
    tool_calls: [
      { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city": "Bern"}' } },
      { id: 'c2', type: 'function', function: { name: 'weather', arguments: '{"city":"Basel"}' } },
    ],
  },
  { role: 'tool', tool_call_id: 'c1', content: '{"t":11}' },
  { role: 'tool', tool_call_id: 'c2', content: '{"t":13}' },
  { role: 'assistant', content: '11 and 13 degrees.' },
];

const ANTHROPIC = [
  { role: 'user', content: 'Weather in Bern and Basel?' },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'I look it up.' },
      { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Bern' } },
      { type: 'tool_use', id: 't2', name: 'weather', input: { city: 'Basel' } },
    ],
  },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 't1', content: '11' },
      { type: 'tool_result', tool_use_id: 't2', content: [{ type: 'text', text: '13' }] },
    ],
  },
  { role: 'assistant', content: '11 and 13 degrees.' },
];

const GEMINI = [
  { role: 'user', parts: [{ text: 'Weather in Bern?' }] },
  { role: 'model', parts: [{ functionCall: { name: 'weather', args: { city: 'Bern' } } }] },
  { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { t: 11 } } }] },
  { role: 'model', parts: [{ text: '11 degrees.' }] },
];

describe('provider messages', () => {
  it('of OpenAI come back as they went', async () => {
    const { messages } = await roundTrip('openai', OPENAI);
    expect(messages).toEqual(OPENAI);
  });

  it('of Anthropic come back as they went, the system text beside them', async () => {
    const { messages, system } = await roundTrip('anthropic', ANTHROPIC, 'Be brief.');
    expect(messages).toEqual(ANTHROPIC);
    expect(system).toEqual('Be brief.');
  });

  it('of Gemini come back as they went, the system instruction beside them', async () => {
    const instruction = { parts: [{ text: 'Be brief.' }] };
    const { messages, system } = await roundTrip('gemini', GEMINI, instruction);
    expect(messages).toEqual(GEMINI);
    expect(system).toEqual(instruction);
  });

  it('of one provider can be read as those of another', async () => {
    const query = new URLSearchParams({
      userId: 'u1',
      sessionId: `anthropic-${ANTHROPIC.length}`,
      format: 'openai',
    });
    const { messages } = (await stack.call('GET', `/read-items/context?${query}`)).json;
    expect(messages.map(({ role }: { role: string }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
    ]);
  });

  it('never begin with a result whose call is left out', async () => {
    const query = new URLSearchParams({
      userId: 'u1',
      sessionId: `openai-${OPENAI.length}`,
      format: 'openai',
      maxItems: '2',
    });
    const { messages } = (await stack.call('GET', `/read-items/context?${query}`)).json;
    const rest = messages.filter(({ role, name }: { role: string; name?: string }) => {
      return role !== 'system' && name !== 'memory_summary';
    });
    expect(rest[0].role).not.toBe('tool');
  });
});
