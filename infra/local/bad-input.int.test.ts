import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDir, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  const { json } = await stack.call('GET', '/read-items/sessions?userId=u1');
  await stack.close();
  await removeDir(stack.dataDir);
  // Nothing that was refused in this file left a trace.
  expect(json.sessions).toEqual([]);
});

const ITEM = { userId: 'u1', sessionId: 's1', content: 'x', contentType: 'user_message' };
const JSON_HEADERS = { 'content-type': 'application/json' };
const problem = (status: number, code: string) => ({
  status,
  type: 'application/problem+json',
  json: { status, code, detail: expect.any(String) },
});

describe('bodies', () => {
  it.each([
    ['malformed JSON', '{"userId":'],
    ['an empty body', ''],
    ['a list', '[]'],
    ['a __proto__ key', '{"__proto__":{"admin":true}}'],
    ['very deep nesting', `{"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('answers %s with a problem', async (_name, body) => {
    const reply = await stack.send('POST', '/write-items', { headers: JSON_HEADERS, body });
    expect(reply).toMatchObject(problem(400, 'invalid-argument'));
  });

  it('answers invalid UTF-8 with a problem', async () => {
    const body = Buffer.concat([Buffer.from('{"userId":"'), Buffer.of(0xff), Buffer.from('"}')]);
    const reply = await stack.send('POST', '/write-items', { headers: JSON_HEADERS, body });
    expect(reply).toMatchObject(problem(400, 'invalid-argument'));
  });

  it.each([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['nothing that it says', { 'content-type': '' }],
  ])('takes JSON only, not %s', async (_name, headers) => {
    const body = JSON.stringify(ITEM);
    const reply = await stack.send('POST', '/write-items', { headers, body });
    expect(reply).toMatchObject(problem(415, 'unsupported-media-type'));
  });

  it('takes no compressed body', async () => {
    const headers = { ...JSON_HEADERS, 'content-encoding': 'gzip' };
    const body = gzipSync(JSON.stringify(ITEM));
    const reply = await stack.send('POST', '/write-items', { headers, body });
    expect(reply).toMatchObject(problem(415, 'unsupported-media-type'));
  });

  it('refuses an announced body over the limit before it is sent', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { ...JSON_HEADERS, 'content-length': 1_000_000_000 };
      const sent = request(`${stack.url}/write-items`, { method: 'POST', headers });
      sent.on('response', (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.flushHeaders(); // Not a byte of the body follows.
    });
    expect(status).toBe(413);
  });

  it('lets a client that sends first and reads then read why its body was refused', async () => {
    const body = Buffer.alloc(30 * 1_048_576, 0x20);
    const headers = { ...JSON_HEADERS, 'content-length': body.length, connection: 'close' };
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${stack.url}/write-items`, { method: 'POST', headers, agent: false });
      sent.on('response', (response) => resolve(response.statusCode));
      sent.on('error', reject);
      sent.end(body);
    });
    expect(status).toBe(413);
  });

  it('stops reading a body that does not say its size', async () => {
    const chunk = Buffer.alloc(1_048_576, 0x20);
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${stack.url}/write-items`, { method: 'POST', headers: JSON_HEADERS });
      sent.on('response', (response) => resolve(response.statusCode));
      sent.on('error', reject);
      for (let mib = 0; mib < 10; mib++) sent.write(chunk);
      sent.end();
    });
    expect(status).toBe(413);
  });

  it.each([
    ['an item over 256 KiB', [{ content: 'x'.repeat(262_145), contentType: 'user_message' }]],
    ['501 items', Array(501).fill({ content: 'x', contentType: 'user_message' })],
  ])('refuses %s', async (_name, items) => {
    const reply = await stack.call('POST', '/write-items', {
      userId: 'u1',
      sessionId: 's1',
      items,
    });
    expect(reply).toMatchObject(problem(413, 'payload-too-large'));
    expect(reply.json.violations).toHaveLength(1);
  });

  it('names the fields at fault, and writes none of the others', async () => {
    const items = [
      { content: 'fine', contentType: 'user_message' },
      { content: 7, contentType: 'user_message', surprise: true },
    ];
    const reply = await stack.call('POST', '/write-items', {
      userId: 'u1',
      sessionId: 's1',
      items,
    });
    expect(reply).toMatchObject(problem(400, 'invalid-argument'));
    expect(reply.json.violations).toEqual([
      { path: 'items.1.content', message: expect.any(String) },
      { path: 'items.1.surprise', message: 'is unknown' },
    ]);
  });

  it('names the fields at fault in provider messages', async () => {
    const messages = [
      { role: 'user', content: 'fine' },
      { role: 'nobody', content: 'x' },
    ];
    const body = { userId: 'u1', sessionId: 's1', format: 'openai', messages };
    const reply = await stack.call('POST', '/write-items', body);
    expect(reply).toMatchObject(problem(400, 'invalid-argument'));
    expect(reply.json.violations[0].path).toMatch(/^messages\.1/);
  });
});

describe('paths and queries', () => {
  it.each([
    ['GET', '/no-such-function', 404, 'not-found'],
    ['GET', '/favicon.ico', 404, 'not-found'],
    ['GET', '/read-items', 404, 'not-found'],
    ['GET', '/read-items/a/b/c', 404, 'not-found'],
    ['GET', '/read-items/%ZZ', 400, 'invalid-argument'],
    ['GET', '/%ZZ', 404, 'not-found'],
    ['GET', '/read-items/history', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=u&sessionId=s&limit=0', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=u&sessionId=s&limit=501', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=u&sessionId=s&limit=ten', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=u&sessionId=s&order=up', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=u&userId=v&sessionId=s', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=u&sessionId=s&page=2', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=%FF&sessionId=s', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=a%00b&sessionId=s', 400, 'invalid-argument'],
    ['GET', '/read-items/history?userId=&sessionId=s', 400, 'invalid-argument'],
    ['GET', '/read-items/context?userId=u&sessionId=s&tokenBudget=-1', 400, 'invalid-argument'],
    ['GET', '/read-items/context?userId=u&sessionId=s&tokenBudget=1e3', 400, 'invalid-argument'],
    ['GET', '/read-items/context?userId=u&sessionId=s&maxItems=0', 400, 'invalid-argument'],
    ['GET', '/read-items/context?userId=u&sessionId=s&format=xml', 400, 'invalid-argument'],
    ['GET', '/read-items/context?userId=u&sessionId=s&explain=yes', 400, 'invalid-argument'],
    ['DELETE', '/write-items', 400, 'invalid-argument'],
    ['DELETE', '/write-items?userId=u', 400, 'invalid-argument'],
    ['GET', '/erase-user/nothing', 404, 'not-found'],
  ])('answers %s %s with %i', async (method, path, status, code) => {
    expect(await stack.call(method, path)).toMatchObject(problem(status, code));
  });

  it.each([
    ['PUT', '/write-items', 'POST, DELETE'],
    ['GET', '/write-items', 'POST, DELETE'],
    ['POST', '/read-items/history', 'GET'],
    ['DELETE', '/read-items/history', 'GET'],
    ['GET', '/migrate-tiers', 'POST'],
    ['GET', '/ingest-items', 'POST'],
    ['POST', '/', 'GET'],
  ])('answers %s %s with what is allowed', async (method, path, allow) => {
    const reply = await stack.call(method, path);
    expect(reply).toMatchObject(problem(405, 'method-not-allowed'));
    expect(reply.headers.get('allow')).toBe(allow);
  });

  it.each([
    ['/erase-user', {}],
    ['/erase-user', { userId: 'u1', force: true }],
    ['/migrate-tiers', { dryRun: 'yes' }],
    ['/migrate-tiers', { all: true }],
    ['/collect-metrics', { now: 1 }],
  ])('refuses what %s does not know: %j', async (path, body) => {
    expect(await stack.call('POST', path, body)).toMatchObject(problem(400, 'invalid-argument'));
  });

  it('lists the functions at the root', async () => {
    const { json } = await stack.call('GET', '/');
    expect(json.functions).toHaveLength(8);
    expect(json.functions[0]).toEqual({ name: 'write-items', kind: 'http', path: '/write-items' });
    expect((await fetch(stack.url, { method: 'HEAD' })).status).toBe(200);
    expect(await stack.call('POST', '/', {})).toMatchObject(problem(405, 'method-not-allowed'));
    expect(await stack.call('GET', '//read-items/healthz')).toMatchObject(
      problem(404, 'not-found'),
    );
  });
});

describe('events', () => {
  it.each([
    ['malformed JSON', '{'],
    ['an empty body', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['no event', '{"userId":"u1"}'],
  ])('answers %s with a problem', async (_name, body) => {
    const reply = await stack.send('POST', '/ingest-items', { headers: JSON_HEADERS, body });
    expect(reply).toMatchObject(problem(400, 'invalid-argument'));
  });

  it.each([
    ['no base64', { data: 17, messageId: 'bad-1' }],
    ['no JSON', { data: 'aGVsbG8=', messageId: 'bad-2' }],
    ['an empty message', { data: '', messageId: 'bad-3' }],
    ['no item', { data: 'e30=', messageId: 'bad-4' }],
  ])('acknowledges a message with %s and parks it', async (_name, message) => {
    const before = (await stack.runtime.deadLetters.list(100)).length;
    const body = { message, subscription: 'projects/local/subscriptions/s' };
    expect((await stack.call('POST', '/ingest-items', body)).status).toBe(204);
    await stack.settle();
    const letters = await stack.runtime.deadLetters.list(100);
    expect(letters).toHaveLength(before + 1);
    expect(letters[0]?.reason).toContain('invalid-argument');
  });
});
