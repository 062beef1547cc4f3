import type { CloudEvent } from '@google-cloud/functions-framework';
import { describe, expect, it } from 'vitest';
import { dataOf, deliveryOf } from './pubsub.ts';

const BASE = { specversion: '1.0', id: 'e1', source: '/publisher', type: 'any.type' };
const encoded = Buffer.from('{"userId":"u1"}').toString('base64');
const eventWith = (fields: object): CloudEvent<unknown> => ({ ...BASE, ...fields });
// What the framework passes on when it does not recognise a push body: no event at all.
const rawPush = (message: object): CloudEvent<unknown> =>
  ({ message }) as unknown as CloudEvent<unknown>;

describe('dataOf', () => {
  it.each([
    ['a Pub/Sub message', eventWith({ data: { message: { data: encoded } } })],
    ['a push body that the framework left as it is', rawPush({ data: encoded })],
    ['data of its own', eventWith({ data: { userId: 'u1' } })],
    ['data as text', eventWith({ data: '{"userId":"u1"}' })],
    ['data as bytes', eventWith({ data: Buffer.from('{"userId":"u1"}') })],
    ['data in base64', eventWith({ data_base64: encoded })],
  ])('reads %s', (_name, event) => {
    expect(dataOf(event)).toEqual({ userId: 'u1' });
  });

  it.each([
    ['no data', eventWith({})],
    ['a message without data', eventWith({ data: { message: {} } })],
    ['text that is not JSON', eventWith({ data: 'hello' })],
  ])('refuses %s for good', (_name, event) => {
    expect(() => dataOf(event)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

describe('deliveryOf', () => {
  it('names a Pub/Sub message by its id, whatever envelope it came in', () => {
    const message = { messageId: 'm1', publishTime: '2026-01-01T00:00:00.000Z', data: encoded };
    const expected = {
      messageId: 'm1',
      source: 'pubsub',
      publishedAtMs: Date.UTC(2026, 0, 1),
    };
    expect(deliveryOf(eventWith({ data: { message } }))).toEqual(expected);
    expect(deliveryOf(rawPush(message))).toEqual(expected);
    expect(
      deliveryOf(eventWith({ id: 'm1', time: '2026-01-01T00:00:00Z', data: { message: {} } })),
    ).toEqual(expected);
  });

  it('names what has no id by what it carries', () => {
    const names = [rawPush({ data: encoded }), rawPush({ data: encoded }), rawPush({ data: '' })]
      .map(deliveryOf)
      .map(({ messageId }) => messageId);
    expect(names[0]).toMatch(/^[a-z2-7]{26}$/);
    expect(names[1]).toBe(names[0]);
    expect(names[2]).not.toBe(names[0]);
  });

  it('names any other event by its source and id', () => {
    expect(deliveryOf(eventWith({ data: {} }))).toEqual({ messageId: 'e1', source: '/publisher' });
  });
});
