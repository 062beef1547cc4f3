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

const read = (path: string, query: Record<string, string>) =>
  stack.call('GET', `/read-items/${path}?${new URLSearchParams(query)}`);
const contents = (items: readonly { content: string }[]) => items.map(({ content }) => content);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `m${index + 1}`);

async function pages(path: string, query: Record<string, string>, list: string) {
  const all: unknown[][] = [];
  let cursor: string | undefined;
  do {
    const { status, json } = await read(path, { ...query, ...(cursor && { cursor }) });
    expect(status).toBe(200);
    all.push(json[list]);
    expect(json.hasMore).toBe(json.nextCursor !== undefined);
    cursor = json.nextCursor;
  } while (cursor);
  return all;
}

describe('GET /read-items/{itemId}', () => {
  it('reads an item, and counts that it was read', async () => {
    const [item] = (await stack.say('by-id', 'Hello')).json.items;
    const first = await stack.call('GET', `/read-items/${item.id}`);
    expect(first.json).toMatchObject({ id: item.id, seq: 1, content: 'Hello', tier: 'hot' });
    expect(first.json.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const second = await stack.call('GET', `/read-items/${item.id}`);
    expect(second.json.accessCount).toBe(first.json.accessCount + 1);
  });

  it.each([
    'nothing',
    'aaaaaaaaaaaaaaaaaaaaaaaaaa-1',
    'aaaaaaaaaaaaaaaaaaaaaaaaaa-0',
    '%00',
    'a%2Fb',
  ])('answers 404 for %s', async (id) => {
    const reply = await stack.call('GET', `/read-items/${id}`);
    expect(reply).toMatchObject({ status: 404, json: { code: 'not-found' } });
  });
});

describe('GET /read-items/history', () => {
  it('pages through all items once and in order, both ways', async () => {
    await stack.say('paged', ...numbered(23));
    const query = { userId: 'u1', sessionId: 'paged', limit: '5' };
    const up = (await pages('history', query, 'items')) as { content: string }[][];
    expect(up.map(({ length }) => length)).toEqual([5, 5, 5, 5, 3]);
    expect(contents(up.flat())).toEqual(numbered(23));
    const down = await pages('history', { ...query, order: 'desc' }, 'items');
    expect(contents(down.flat() as { content: string }[])).toEqual(numbered(23).reverse());
  });

  it('gives an unknown session an empty history', async () => {
    const reply = await read('history', { userId: 'u1', sessionId: 'never' });
    expect(reply).toMatchObject({ status: 200, json: { items: [], hasMore: false } });
  });

  it('begins at the beginning of a list where the cursor is left blank', async () => {
    await stack.say('cursor-blank', ...numbered(2));
    const query = { userId: 'u1', sessionId: 'cursor-blank', limit: '1' };
    const first = await read('history', query);
    expect(await read('history', { ...query, cursor: '' })).toMatchObject({
      status: 200,
      json: { items: [{ seq: 1 }], nextCursor: first.json.nextCursor },
    });
    const list = { userId: 'u1', limit: '1', cursor: '' };
    expect(await read('sessions', list)).toMatchObject({ status: 200, json: { hasMore: true } });
  });

  it('refuses a cursor of another list', async () => {
    await stack.say('cursor-a', ...numbered(3));
    const { json } = await read('history', { userId: 'u1', sessionId: 'cursor-a', limit: '1' });
    const cursor = json.nextCursor;
    for (const wrong of [
      { userId: 'u1', sessionId: 'cursor-b', cursor },
      { userId: 'u2', sessionId: 'cursor-a', cursor },
      { userId: 'u1', sessionId: 'cursor-a', order: 'desc', cursor },
      { userId: 'u1', sessionId: 'cursor-a', cursor: `${cursor.slice(0, -1)}~` },
    ])
      expect(await read('history', wrong)).toMatchObject({
        status: 400,
        json: { violations: [{ path: 'cursor' }] },
      });
  });
});

describe('GET /read-items/context', () => {
  it('gives everything while it fits', async () => {
    await stack.say('fits', 'one', 'two');
    const { status, json } = await read('context', { userId: 'u1', sessionId: 'fits' });
    expect(status).toBe(200);
    expect(contents(json.items)).toEqual(['one', 'two']);
    expect(json).toMatchObject({
      summary: null,
      facts: [],
      tokens: { budget: 4_000 },
      omitted: { count: 0, summarised: 0, uncovered: 0 },
    });
    expect(json).not.toHaveProperty('messages');
    expect(json).not.toHaveProperty('explain');
  });

  it('keeps the newest within the budget and explains the rest', async () => {
    await stack.say('tight', ...Array.from({ length: 12 }, (_, i) => `${i} ${'word '.repeat(30)}`));
    const query = { userId: 'u1', sessionId: 'tight', tokenBudget: '150', explain: 'true' };
    const { json } = await read('context', query);
    expect(json.tokens.total).toBeLessThanOrEqual(150);
    expect(json.items.length).toBeGreaterThan(0);
    expect(json.items.at(-1).seq).toBe(12);
    expect(json.explain).toHaveLength(12);
    expect(json.explain[0]).toMatchObject({ seq: 1, kept: false });
    expect(json.explain[11]).toMatchObject({ seq: 12, kept: true, tier: 'hot' });
    expect(json.omitted.count).toBe(12 - json.items.length);
  });

  it('says which budget pins need', async () => {
    const pinned = { content: 'word '.repeat(200), contentType: 'user_message', pinned: true };
    const body = { userId: 'u1', sessionId: 'pins', items: [pinned] };
    await stack.call('POST', '/write-items', body);
    const query = { userId: 'u1', sessionId: 'pins', tokenBudget: '20' };
    const reply = await read('context', query);
    expect(reply).toMatchObject({ status: 422, json: { code: 'budget-too-small' } });
    const enough = { ...query, tokenBudget: String(reply.json.requiredBudget) };
    expect((await read('context', enough)).status).toBe(200);
  });

  it('is empty for an unknown session', async () => {
    const { status, json } = await read('context', { userId: 'u1', sessionId: 'never' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ summary: null, items: [], omitted: { count: 0 } });
  });
});

describe('a session that gets long', () => {
  it('gets a summary that stands for what the context leaves out, and loses nothing', async () => {
    for (let turn = 0; turn < 4; turn++) {
      const texts = Array.from({ length: 10 }, (_, index) => {
        const number = turn * 10 + index + 1;
        return `Point ${number}: the order 4711-${number} goes to Berlin on 2026-03-${10 + turn}. ${'We talked about the details of the delivery at length. '.repeat(3)}`;
      });
      await stack.say('long', ...texts);
    }
    await stack.settle();
    const query = { userId: 'u1', sessionId: 'long' };
    const context = await until('a summary', async () => {
      const { json } = await read('context', { ...query, maxItems: '15' });
      return json.summary && json;
    });
    expect(context.summary.fromSeq).toBe(1);
    expect(context.summary.toSeq).toBeGreaterThanOrEqual(10);
    expect(context.omitted.summarised).toBeGreaterThan(0);
    expect(context.tokens.total).toBeLessThanOrEqual(4_000);
    expect((await read('history', { ...query, limit: '500' })).json.items).toHaveLength(40);

    const { json: found } = await stack.call('GET', `/read-items/summaries/${context.summary.id}`);
    expect(found).toMatchObject({
      id: context.summary.id,
      text: context.summary.text,
      fromSeq: 1,
      toSeq: context.summary.toSeq,
      model: expect.any(String),
      createdAt: expect.stringMatching(/Z$/),
    });
    const expanded = { expand: 'true', limit: '7' };
    const originals = await pages(`summaries/${context.summary.id}`, expanded, 'items');
    expect(originals.flat()).toHaveLength(context.summary.toSeq);

    const { json: coverage } = await read('coverage', query);
    expect(coverage).toMatchObject({ lastSeq: 40, gaps: [] });
    expect(coverage.ranges[0]).toMatchObject({ fromSeq: 1, summarised: true, tier: 'hot' });
    let next = 1;
    for (const { fromSeq, toSeq } of coverage.ranges) {
      expect(fromSeq).toBe(next);
      next = toSeq + 1;
    }
    expect(next).toBe(41);
  });

  it('has no coverage before it begins', async () => {
    const { json } = await read('coverage', { userId: 'u1', sessionId: 'never' });
    expect(json).toEqual({ lastSeq: 0, ranges: [], gaps: [] });
  });

  it('knows no summary of another name or user', async () => {
    const { json } = await read('context', { userId: 'u1', sessionId: 'long', maxItems: '15' });
    const path = `/read-items/summaries/${json.summary.id}`;
    expect((await stack.call('GET', `${path}?userId=u2`)).status).toBe(404);
    expect((await stack.call('GET', `${path}?userId=u1`)).status).toBe(200);
    expect((await stack.call('GET', '/read-items/summaries/nothing')).status).toBe(404);
  });
});

describe('what a user has', () => {
  const say = (sessionId: string, createdAt: string) =>
    stack.call('POST', '/write-items', {
      userId: 'lister',
      sessionId,
      items: [{ content: sessionId, contentType: 'user_message', createdAt }],
    });

  it('lists sessions, the most recent first', async () => {
    await say('old', '2026-01-01T00:00:00Z');
    await say('new', '2026-01-03T00:00:00Z');
    await say('mid', '2026-01-02T00:00:00Z');
    const list = (await pages('sessions', { userId: 'lister', limit: '2' }, 'sessions')).flat();
    expect(list).toMatchObject([
      { sessionId: 'new', itemCount: 1, lastItemAt: '2026-01-03T00:00:00.000Z' },
      { sessionId: 'mid' },
      { sessionId: 'old', tiers: { hot: 1, warm: 0, cold: 0 } },
    ]);
  });

  it('exports everything of one user as JSON Lines', async () => {
    const reply = await stack.call('GET', '/read-items/export?userId=lister');
    expect(reply).toMatchObject({ status: 200, type: 'application/x-ndjson' });
    const lines = reply.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const items = lines.filter(({ type }) => type === 'item');
    expect(contents(items).sort()).toEqual(['mid', 'new', 'old']);
    expect(reply.text).not.toContain('Point 1');
  });

  it('exports nothing of a user who has nothing', async () => {
    const reply = await stack.call('GET', '/read-items/export?userId=nobody');
    expect(reply.status).toBe(200);
    expect(
      reply.text
        .trim()
        .split('\n')
        .filter((line) => line.includes('item')),
    ).toEqual([]);
  });
});

describe('GET /read-items/healthz', () => {
  it('says that all stores are there', async () => {
    const reply = await stack.call('GET', '/read-items/healthz');
    expect(reply).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(Object.values(reply.json.stores).every((state) => state === 'ok')).toBe(true);
  });
});
