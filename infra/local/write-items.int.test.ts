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

const message = (content: string, rest: object = {}) => ({
  content,
  contentType: 'user_message',
  ...rest,
});
const write = (sessionId: string, items: readonly object[], rest: object = {}) =>
  stack.call('POST', '/write-items', { userId: 'u1', sessionId, items, ...rest });
const history = async (sessionId: string, userId = 'u1') => {
  const query = new URLSearchParams({ userId, sessionId, limit: '500' });
  return (await stack.call('GET', `/read-items/history?${query}`)).json.items;
};

describe('POST /write-items', () => {
  it('appends items in the order sent and says where they are', async () => {
    const sent = [message('one', { createdAt: '2026-01-02T03:04:05Z' }), message('two')];
    const reply = await write('append', sent);
    expect(reply.status).toBe(201);
    expect(reply.json).toEqual({
      items: [
        {
          id: expect.stringMatching(/^[a-z2-7]{26}-1$/),
          seq: 1,
          tier: 'hot',
          createdAt: '2026-01-02T03:04:05.000Z',
          tokens: expect.any(Number),
        },
        expect.objectContaining({ seq: 2, tier: 'hot' }),
      ],
      session: { itemCount: 2, lastSeq: 2 },
    });
  });

  it('takes one item flat, as in the seed', async () => {
    const item = { userId: 'user123', sessionId: 'session456', ...message('This is a message') };
    const reply = await stack.call('POST', '/write-items', item);
    expect(reply.status).toBe(201);
    expect(reply.json.items).toHaveLength(1);
    expect(await history('session456', 'user123')).toMatchObject([
      { content: 'This is a message', contentType: 'user_message', userId: 'user123' },
    ]);
  });

  it('keeps every field of an item', async () => {
    const call = { id: 'c1', name: 'look', arguments: { deep: [1, { x: null }] } };
    await write('fields', [
      message('é😀\u0000\u2028"\\', { pinned: true, metadata: { any: { json: [1, 'ü'] } } }),
      { contentType: 'tool_call', toolCalls: [call] },
      { content: 'found', contentType: 'tool_result', toolCallId: 'c1' },
      { content: 'x', contentType: 'my.note-1' },
    ]);
    const items = await history('fields');
    expect(items[0]).toMatchObject({
      content: 'é😀\u0000\u2028"\\',
      pinned: true,
      metadata: { any: { json: [1, 'ü'] } },
    });
    expect(items[1]).toMatchObject({ content: '', toolCalls: [call] });
    expect(items[2]).toMatchObject({ content: 'found', toolCallId: 'c1' });
    expect(items[3]).toMatchObject({ contentType: 'my.note-1', metadata: {} });
    expect(Object.keys(items[3]).sort()).toEqual([
      'accessCount',
      'content',
      'contentType',
      'createdAt',
      'id',
      'metadata',
      'pinned',
      'seq',
      'sessionId',
      'tier',
      'tokens',
      'userId',
    ]);
  });

  it('appends the same idempotency key once', async () => {
    const item = message('Hello', { idempotencyKey: 'turn-1' });
    const first = await write('replay', [item]);
    const again = await write('replay', [item]);
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({ items: first.json.items, replayed: true });
    expect(await history('replay')).toHaveLength(1);
  });

  it('refuses the same key with other content', async () => {
    await write('conflict', [message('Hello', { idempotencyKey: 'turn-1' })]);
    const reply = await write('conflict', [message('Bye', { idempotencyKey: 'turn-1' })]);
    expect(reply.status).toBe(409);
    expect(reply.json).toMatchObject({ status: 409, code: 'conflict' });
    expect(await history('conflict')).toHaveLength(1);
  });

  it('makes a whole request repeatable with one key', async () => {
    const items = [message('a'), message('b')];
    await write('request-key', items, { idempotencyKey: 'turn-1' });
    const again = await write('request-key', items, { idempotencyKey: 'turn-1' });
    expect(again.json).toMatchObject({ replayed: true, session: { itemCount: 2 } });
    expect(await history('request-key')).toHaveLength(2);
  });

  it('takes ids of any Unicode', async () => {
    const userId = '😀'.repeat(256);
    const sessionId = '../a b/%2F?&=#\u202e"\'';
    const body = { userId, sessionId, ...message('x') };
    expect((await stack.call('POST', '/write-items', body)).status).toBe(201);
    expect(await history(sessionId, userId)).toMatchObject([{ userId, sessionId }]);
  });

  it('takes an item of 256 KiB and a request of 500 items', async () => {
    const large = 'é'.repeat(131_072);
    expect((await write('large', [message(large)])).status).toBe(201);
    expect((await history('large'))[0].content).toBe(large);
    const many = Array.from({ length: 500 }, (_, index) => message(`m${index}`));
    expect((await write('many', many)).status).toBe(201);
    expect((await history('many'))[499]).toMatchObject({ content: 'm499', seq: 500 });
  });

  it('gives one order to appends at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        write('at-once', [message(`m${index}`), message('')]),
      ),
    );
    expect(replies.every(({ status }) => status === 400)).toBe(true);
    const good = await Promise.all(
      Array.from({ length: 20 }, (_, i) => write('at-once', [message(`a${i}`), message(`b${i}`)])),
    );
    expect(good.every(({ status }) => status === 201)).toBe(true);
    const items: { seq: number; content: string }[] = await history('at-once');
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    for (let at = 0; at < 40; at += 2)
      expect(items[at + 1]?.content).toBe(items[at]?.content.replace('a', 'b'));
  });
});

describe('PATCH and DELETE /write-items', () => {
  it('pins an item and replaces its metadata', async () => {
    const [item] = (await write('patch', [message('x', { metadata: { a: 1 } })])).json.items;
    const reply = await stack.call('PATCH', `/write-items/${item.id}`, {
      pinned: true,
      metadata: { b: 2 },
    });
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ id: item.id, pinned: true, metadata: { b: 2 } });
    expect(await history('patch')).toMatchObject([{ pinned: true, metadata: { b: 2 } }]);
  });

  it('deletes one item, and it is gone', async () => {
    const [first, second] = (await write('delete', [message('a'), message('b')])).json.items;
    expect((await stack.call('DELETE', `/write-items/${first.id}`)).status).toBe(204);
    expect((await stack.call('GET', `/read-items/${first.id}`)).status).toBe(404);
    expect((await stack.call('DELETE', `/write-items/${first.id}`)).status).toBe(404);
    expect(await history('delete')).toMatchObject([{ id: second.id, seq: 2 }]);
  });

  it('deletes a session; a new one of its name begins empty', async () => {
    await write('whole', [message('a'), message('b')]);
    const path = '/write-items?userId=u1&sessionId=whole';
    expect((await stack.call('DELETE', path)).status).toBe(204);
    expect(await history('whole')).toEqual([]);
    expect((await stack.call('DELETE', path)).status).toBe(204);
    expect((await write('whole', [message('new')])).status).toBe(201);
    expect(await history('whole')).toMatchObject([{ content: 'new' }]);
  });

  it('keeps a session as long as an append says: what is older is gone at once', async () => {
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const old = { ...message('old'), createdAt: ago(31) };
    const young = { ...message('young'), createdAt: ago(20) };
    const body = { userId: 'u1', sessionId: 'kept', items: [old, young], retentionDays: 30 };
    const reply = await stack.call('POST', '/write-items', body);
    expect(reply.status).toBe(201);
    expect(await history('kept')).toMatchObject([{ content: 'young', seq: 2 }]);
    const [gone] = reply.json.items;
    expect((await stack.call('GET', `/read-items/${gone.id}`)).status).toBe(404);
    const { json } = await stack.call('GET', '/read-items/coverage?userId=u1&sessionId=kept');
    expect(json.ranges).toEqual([
      { fromSeq: 1, toSeq: 1, summarised: false, tier: 'expired' },
      { fromSeq: 2, toSeq: 2, summarised: false, tier: 'hot' },
    ]);
    const wrong = await stack.call('POST', '/write-items', { ...body, retentionDays: 0 });
    expect(wrong).toMatchObject({ status: 400, json: { violations: [{ path: 'retentionDays' }] } });
  });

  it("does not touch another user's item", async () => {
    const [item] = (await write('owned', [message('mine')])).json.items;
    const path = `/write-items/${item.id}?userId=u2`;
    expect((await stack.call('PATCH', path, { pinned: true })).status).toBe(404);
    expect((await stack.call('DELETE', path)).status).toBe(404);
    expect((await stack.call('GET', `/read-items/${item.id}?userId=u2`)).status).toBe(404);
    expect(await history('owned')).toMatchObject([{ pinned: false }]);
  });
});
