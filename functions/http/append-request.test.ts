import { describe, expect, it } from 'vitest';
import type { Violation } from '../../shared/kernel/app-error.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { readAppendRequest } from './append-request.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const SESSION = { userId: 'u1', sessionId: 's1' };
const ITEM = { content: 'Hello', contentType: 'user_message' };

const read = (body: unknown) => readAppendRequest(body, NOW_MS);

function faultsOf(body: unknown): { code: string; violations: unknown } {
  try {
    read(body);
  } catch (thrown) {
    const { code, details } = AppError.from(thrown);
    return { code, violations: details['violations'] };
  }
  return { code: 'none', violations: [] };
}

const invalidAt = (path: string, message: string) => ({
  code: 'invalid-argument',
  violations: [{ path, message }] satisfies Violation[],
});

describe('readAppendRequest', () => {
  it('reads how long the session is kept, in every form', () => {
    const messages = [{ role: 'user', content: 'Hello' }];
    for (const form of [ITEM, { items: [ITEM] }, { format: 'openai', messages }]) {
      expect(read({ ...SESSION, ...form, retentionDays: 30 })).toMatchObject({ retentionDays: 30 });
      expect(read({ ...SESSION, ...form })).not.toHaveProperty('retentionDays');
      for (const retentionDays of [0, 36_501, 1.5, '30', null]) {
        const { code, violations } = faultsOf({ ...SESSION, ...form, retentionDays });
        expect(code).toBe('invalid-argument');
        expect(violations).toMatchObject([{ path: 'retentionDays' }]);
      }
    }
  });

  it.each([
    ['calls', { items: [{ contentType: 'tool_call', toolCalls: Array(400_000).fill({}) }] }],
    ['items', { items: Array(500).fill({ toolCalls: Array(2_000).fill({}) }) }],
    [
      'parts',
      { format: 'anthropic', messages: [{ role: 'user', content: Array(400_000).fill({}) }] },
    ],
    ['keys', Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, 1]))],
  ])('names a hundred faults of a body with any number of wrong %s', (_name, body) => {
    const { code, violations } = faultsOf({ ...SESSION, ...body });
    expect(code).toBe('invalid-argument');
    expect(violations).toHaveLength(100);
  });

  it('reads a list of items', () => {
    const body = {
      ...SESSION,
      items: [
        { ...ITEM, createdAt: '2026-01-02T04:04:05+01:00', pinned: true, metadata: { a: [1] } },
        { contentType: 'tool_call', toolCalls: [{ id: 'c1', name: 'look', arguments: {} }] },
        { content: '', contentType: 'tool_result', toolCallId: 'c1', idempotencyKey: 'k' },
        { content: 'x', contentType: 'my.note-1' },
      ],
    };
    expect(read(body)).toEqual({
      ...SESSION,
      items: [
        { ...ITEM, createdAtMs: NOW_MS, pinned: true, metadata: { a: [1] } },
        {
          content: '',
          contentType: 'tool_call',
          toolCalls: [{ id: 'c1', name: 'look', arguments: {} }],
        },
        { content: '', contentType: 'tool_result', toolCallId: 'c1', idempotencyKey: 'k' },
        { content: 'x', contentType: 'my.note-1' },
      ],
    });
  });

  it('reads one flat item', () => {
    expect(read({ ...SESSION, ...ITEM, idempotencyKey: 'k' })).toEqual({
      ...SESSION,
      items: [{ ...ITEM, idempotencyKey: 'k' }],
    });
  });

  it('reads provider messages', () => {
    const messages = [{ role: 'user', content: 'Hello' }];
    const { items } = read({ ...SESSION, format: 'openai', messages, idempotencyKey: 'turn' });
    expect(items).toMatchObject([
      { content: 'Hello', contentType: 'user_message', idempotencyKey: 'turn/0' },
    ]);
  });

  it('gives items without a key one of the request', () => {
    const items = [ITEM, { ...ITEM, idempotencyKey: 'own' }, ITEM];
    expect(
      read({ ...SESSION, items, idempotencyKey: 'turn-1' }).items.map(
        (item) => item.idempotencyKey,
      ),
    ).toEqual(['turn-1/0', 'own', 'turn-1/2']);
  });

  it.each([
    ['an unknown key', { ...ITEM, extra: 1 }, 'items.0.extra', 'is unknown'],
    ['a missing content', { contentType: 'user_message' }, 'items.0.content', 'is required'],
    [
      'an empty message',
      { content: '', contentType: 'user_message' },
      'items.0.content',
      'must not be empty',
    ],
    [
      'an odd content type',
      { content: 'x', contentType: 'User' },
      'items.0.contentType',
      'must be 1 to 64 of a-z, 0-9, "_", "." and "-", beginning with a letter',
    ],
    [
      'an instant that is none',
      { ...ITEM, createdAt: '2026-02-30T00:00:00Z' },
      'items.0.createdAt',
      'must be an RFC 3339 instant, for example 2026-01-02T03:04:05Z',
    ],
    [
      'an instant more than five minutes ahead',
      { ...ITEM, createdAt: '2026-01-02T03:09:05.001Z' },
      'items.0.createdAt',
      'must not be more than 5 minutes in the future',
    ],
    [
      'metadata that is a list',
      { ...ITEM, metadata: [] },
      'items.0.metadata',
      'must be a JSON object',
    ],
    [
      'a call without calls',
      { contentType: 'tool_call' },
      'items.0.toolCalls',
      'is required for a tool_call',
    ],
    [
      'calls in a message',
      { ...ITEM, toolCalls: [{ id: 'a', name: 'b', arguments: '{}' }] },
      'items.0.toolCalls',
      'is allowed for a tool_call only',
    ],
    [
      'two calls of one id',
      {
        contentType: 'tool_call',
        toolCalls: [
          { id: 'a', name: 'b', arguments: 1 },
          { id: 'a', name: 'c', arguments: null },
        ],
      },
      'items.0.toolCalls',
      'must have a different id for each call',
    ],
    [
      'a result of nothing',
      { content: 'x', contentType: 'tool_result' },
      'items.0.toolCallId',
      'is required for a tool_result',
    ],
    [
      'a message that answers a call',
      { ...ITEM, toolCallId: 'c' },
      'items.0.toolCallId',
      'is allowed for a tool_result only',
    ],
  ])('refuses %s', (_name, item, path, message) => {
    expect(faultsOf({ ...SESSION, items: [item] })).toEqual(invalidAt(path, message));
  });

  it('accepts an instant five minutes ahead', () => {
    expect(read({ ...SESSION, ...ITEM, createdAt: '2026-01-02T03:09:05Z' }).items).toHaveLength(1);
  });

  it.each([
    ['', 'must not be empty'],
    ['a'.repeat(257), 'must have at most 256 characters'],
    ['a\u0000b', 'must not have control characters'],
    ['a\u0085b', 'must not have control characters'],
    ['\ud83d', 'must not have half of a surrogate pair'],
  ])('refuses the id %j', (userId, message) => {
    expect(faultsOf({ ...SESSION, ...ITEM, userId })).toEqual(invalidAt('userId', message));
  });

  it('counts the characters of an id as people do', () => {
    const userId = '😀'.repeat(256);
    expect(read({ ...SESSION, ...ITEM, userId, sessionId: ' /%:"\\ä' }).userId).toBe(userId);
  });

  it('names every fault at once', () => {
    expect(faultsOf({ sessionId: 5, items: [{ content: 1 }] })).toMatchObject({
      violations: [
        { path: 'userId' },
        { path: 'sessionId' },
        { path: 'items.0.content' },
        { path: 'items.0.contentType' },
      ],
    });
  });

  it('refuses a key used twice in one request', () => {
    const item = { ...ITEM, idempotencyKey: 'k' };
    expect(faultsOf({ ...SESSION, items: [item, item] })).toEqual(
      invalidAt('items.1.idempotencyKey', 'is used twice in this request'),
    );
  });

  it('takes 500 items and not one more', () => {
    expect(read({ ...SESSION, items: Array(500).fill(ITEM) }).items).toHaveLength(500);
    expect(faultsOf({ ...SESSION, items: Array(501).fill(ITEM) })).toEqual({
      code: 'payload-too-large',
      violations: [{ path: 'items', message: 'has 501 items, 500 are allowed' }],
    });
  });

  it('takes 256 KiB an item, content and metadata together, and not a byte more', () => {
    const metadata = { a: 'é' }; // 10 bytes of JSON
    const content = 'x'.repeat(262_144 - 10);
    expect(read({ ...SESSION, items: [{ ...ITEM, content, metadata }] }).items).toHaveLength(1);
    expect(
      faultsOf({ ...SESSION, items: [ITEM, { ...ITEM, content: `${content}x`, metadata }] }),
    ).toEqual({
      code: 'payload-too-large',
      violations: [{ path: 'items.1', message: 'has 262145 bytes, 262144 are allowed' }],
    });
  });

  it('counts what is kept of a provider message', () => {
    const image = { type: 'image_url', image_url: { url: 'x'.repeat(300_000) } };
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Look' }, image] }];
    expect(faultsOf({ ...SESSION, format: 'openai', messages })).toMatchObject({
      code: 'payload-too-large',
      violations: [{ path: 'items.0' }],
    });
  });

  it.each([
    ['a list', []],
    ['null', null],
    ['text', 'x'],
  ])('refuses a body that is %s', (_name, body) => {
    expect(faultsOf(body)).toEqual(invalidAt('', 'must be a JSON object'));
  });

  it('refuses a mixture of the forms', () => {
    expect(faultsOf({ ...SESSION, ...ITEM, items: [ITEM] }).violations).toEqual([
      { path: 'content', message: 'is unknown' },
      { path: 'contentType', message: 'is unknown' },
    ]);
    expect(faultsOf({ ...SESSION, items: [] })).toEqual(
      invalidAt('items', 'must have at least one item'),
    );
  });
});
