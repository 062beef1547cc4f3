import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeDir, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  await stack.say('s1', 'Hello');
  await stack.runtime.close();
});
afterAll(async () => {
  await stack.close();
  await removeDir(stack.dataDir);
});

const PROBLEM = {
  status: 503,
  code: 'unavailable',
  detail: 'The service could not complete the request',
};

it('says that the durable store is down', async () => {
  const reply = await stack.call('GET', '/read-items/healthz');
  expect(reply).toMatchObject({ status: 503, json: { status: 'down' } });
});

it.each([
  ['GET', '/read-items/history?userId=u1&sessionId=s2'],
  ['GET', '/read-items/export?userId=u1'],
  ['POST', '/write-items'],
  ['POST', '/erase-user'],
])('answers %s %s with a code and nothing else', async (method, path) => {
  const item = { userId: 'u1', sessionId: 's2', content: 'secret', contentType: 'note' };
  const body = path === '/write-items' ? item : { userId: 'u1' };
  const reply = await stack.call(method, path, method === 'POST' ? body : undefined);
  expect(reply).toMatchObject({ status: 503, type: 'application/problem+json' });
  expect(reply.json).toEqual(PROBLEM);
  expect(reply.headers.get('retry-after')).toBe('1');
});

it('asks for an event again instead of losing it', async () => {
  const item = { userId: 'u1', sessionId: 's2', content: 'secret', contentType: 'note' };
  const data = Buffer.from(JSON.stringify(item)).toString('base64');
  const body = { message: { data, messageId: 'm1' }, subscription: 's' };
  const reply = await stack.call('POST', '/ingest-items', body);
  expect(reply.status).toBe(500);
  expect(reply.text).toBe('Not done (unavailable); deliver again');
});
