import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDir, startTestStack, type TestStack, until } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.close();
  await removeDir(stack.dataDir);
});

const base64 = (data: unknown) => Buffer.from(JSON.stringify(data)).toString('base64');
const push = (target: string, data: unknown, messageId: string) =>
  stack.call('POST', `/${target}`, {
    message: { data: base64(data), messageId, attributes: {}, publishTime: '2026-01-01T00:00:00Z' },
    subscription: 'projects/local/subscriptions/s',
  });
const item = (content: string) => ({ content, contentType: 'user_message' });
const historyOf = async (sessionId: string) => {
  const path = `/read-items/history?userId=u1&sessionId=${sessionId}&limit=500`;
  return (await stack.call('GET', path)).json.items.map(
    ({ content }: { content: string }) => content,
  );
};

describe('ingest-items', () => {
  it('takes a Pub/Sub push body, once however often it comes', async () => {
    const data = { version: 1, userId: 'u1', sessionId: 'push', items: [item('a'), item('b')] };
    expect((await push('ingest-items', data, 'm-push')).status).toBe(204);
    expect((await push('ingest-items', data, 'm-push')).status).toBe(204);
    expect(await historyOf('push')).toEqual(['a', 'b']);
  });

  it('takes a push body without an id of the message, once however often it comes', async () => {
    const data = { version: 1, userId: 'u1', sessionId: 'nameless', items: [item('a')] };
    const body = { message: { data: base64(data) }, subscription: 's' };
    expect((await stack.call('POST', '/ingest-items', body)).status).toBe(204);
    expect((await stack.call('POST', '/ingest-items', body)).status).toBe(204);
    expect(await historyOf('nameless')).toEqual(['a']);
  });

  it('takes a CloudEvent in structured mode', async () => {
    const body = {
      specversion: '1.0',
      id: 'm-structured',
      source: '//pubsub.googleapis.com/projects/p/topics/memory-append',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      time: '2026-01-01T00:00:00Z',
      data: {
        message: {
          data: base64({ userId: 'u1', sessionId: 'structured', ...item('hello') }),
          messageId: 'm-structured',
        },
      },
    };
    const headers = { 'content-type': 'application/cloudevents+json' };
    const send = () => stack.send('POST', '/ingest-items', { headers, body: JSON.stringify(body) });
    expect((await send()).status).toBe(204);
    expect((await send()).status).toBe(204);
    expect(await historyOf('structured')).toEqual(['hello']);
  });

  it('takes a CloudEvent in binary mode', async () => {
    const headers = {
      'content-type': 'application/json',
      'ce-id': 'm-binary',
      'ce-source': '//pubsub.googleapis.com/projects/p/topics/memory-append',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
    };
    const data = base64({ userId: 'u1', sessionId: 'binary', ...item('hello') });
    const body = JSON.stringify({ message: { data, messageId: 'm-binary' }, subscription: 's' });
    expect((await stack.send('POST', '/ingest-items', { headers, body })).status).toBe(204);
    expect((await stack.send('POST', '/ingest-items', { headers, body })).status).toBe(204);
    expect(await historyOf('binary')).toEqual(['hello']);
  });

  it('takes an event that carries its data directly', async () => {
    const data = { userId: 'u1', sessionId: 'direct', ...item('hello') };
    const event = { specversion: '1.0', id: 'd1', source: '/me', type: 'append', data };
    expect((await stack.call('POST', '/ingest-items', event)).status).toBe(204);
    expect(await historyOf('direct')).toEqual(['hello']);
  });

  it('takes provider messages', async () => {
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
    ];
    const data = { userId: 'u1', sessionId: 'provider', format: 'openai', messages };
    expect((await push('ingest-items', data, 'm-provider')).status).toBe(204);
    expect(await historyOf('provider')).toEqual(['hi', 'hello']);
  });

  it("goes by the items' own keys, also under another message id", async () => {
    const keyed = { ...item('once'), idempotencyKey: 'k1' };
    const data = { userId: 'u1', sessionId: 'keyed', items: [keyed] };
    await push('ingest-items', data, 'm-key-1');
    await push('ingest-items', data, 'm-key-2');
    expect(await historyOf('keyed')).toEqual(['once']);
  });

  it('parks an item whose key was used for something else', async () => {
    const keyed = (content: string) => ({ ...item(content), idempotencyKey: 'k' });
    const data = (content: string) => ({
      userId: 'u1',
      sessionId: 'conflict',
      items: [keyed(content)],
    });
    await push('ingest-items', data('one'), 'm-conflict-1');
    expect((await push('ingest-items', data('two'), 'm-conflict-2')).status).toBe(204);
    await stack.settle();
    const [letter] = await stack.runtime.deadLetters.list(1);
    expect(letter).toMatchObject({ userId: 'u1', reason: expect.stringContaining('conflict') });
    expect(await historyOf('conflict')).toEqual(['one']);
  });

  it('survives a restart between two deliveries', async () => {
    const first = await startTestStack();
    const data = { userId: 'u1', sessionId: 'restart', ...item('once') };
    const message = { data: base64(data), messageId: 'm-restart' };
    const body = { message, subscription: 's' };
    await first.call('POST', '/ingest-items', body);
    await first.close();
    const second = await startTestStack({ dataDir: first.dataDir });
    expect((await second.call('POST', '/ingest-items', body)).status).toBe(204);
    const path = '/read-items/history?userId=u1&sessionId=restart';
    expect((await second.call('GET', path)).json.items).toHaveLength(1);
    await second.close();
    await removeDir(first.dataDir);
  });

  it('is driven by the topic memory-append', async () => {
    const data = { version: 1, userId: 'u1', sessionId: 'topic', items: [item('published')] };
    await stack.runtime.bus.publish([{ topic: 'memory-append', data }]);
    await until('the item', async () => (await historyOf('topic')).length === 1);
  });
});

describe('commands', () => {
  it('summarise a session that is long enough, and leave another alone', async () => {
    const command = { version: 1, userId: 'u1', sessionId: 'never-was' };
    expect((await push('summarize-session', command, 'm-sum-1')).status).toBe(204);
    expect((await push('migrate-session', command, 'm-mig-1')).status).toBe(204);
  });

  it('migrate what is due in the shard that they name, and nothing in another', async () => {
    const old = { ...item('old'), createdAt: '2026-01-01T00:00:00Z' };
    const body = { userId: 'u1', sessionId: 'aged', items: [old] };
    expect((await stack.call('POST', '/write-items', body)).status).toBe(201);
    const tier = async () => {
      const path = '/read-items/coverage?userId=u1&sessionId=aged';
      return (await stack.call('GET', path)).json.ranges[0].tier;
    };
    // A single file is one shard.
    expect((await push('migrate-session', { version: 1, shard: 1 }, 'm-mig-2')).status).toBe(204);
    expect(await tier()).toBe('hot');
    expect((await push('migrate-session', { version: 1, shard: 0 }, 'm-mig-3')).status).toBe(204);
    expect(await tier()).toBe('cold');
  });

  it('know every id that an append takes', async () => {
    const before = (await stack.runtime.deadLetters.list(100)).length;
    const command = { version: 1, userId: '😀'.repeat(256), sessionId: 's' };
    expect((await push('summarize-session', command, 'm-emoji-1')).status).toBe(204);
    expect((await push('migrate-session', command, 'm-emoji-2')).status).toBe(204);
    await stack.settle();
    expect(await stack.runtime.deadLetters.list(100)).toHaveLength(before);
  });

  it('of an unknown version are parked', async () => {
    const command = { version: 99, userId: 'u1', sessionId: 's' };
    expect((await push('summarize-session', command, 'm-v99')).status).toBe(204);
    await stack.settle();
    const [letter] = await stack.runtime.deadLetters.list(1);
    expect(letter?.reason).toContain('invalid-argument');
  });
});
