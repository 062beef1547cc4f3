import { expect, it } from 'vitest';
import { AppError } from '../../shared/kernel/app-error.ts';
import { redelivery } from './redelivery.ts';
import { traceOfEvent } from './trace-of-event.ts';

const PUBLISHER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const DELIVERY = '00-105445aa7843bc8bf206b12000100000-00f067aa0ba902b8-01';

const event = (attributes: object, own: object = {}) => ({
  specversion: '1.0',
  id: 'm1',
  source: '//pubsub',
  type: 'message',
  data: { message: { messageId: 'm1', data: 'e30=', attributes } },
  ...own,
});

it.each([
  ['what we wrote on the message', event({ traceparent: PUBLISHER }), '4bf92f35'],
  ['what a Pub/Sub client wrote on it', event({ googclient_traceparent: PUBLISHER }), '4bf92f35'],
  [
    'the message before the delivery',
    event({ traceparent: PUBLISHER }, { traceparent: DELIVERY }),
    '4bf92f35',
  ],
  [
    'the delivery where the message says nothing',
    event({ traceparent: 'x' }, { traceparent: DELIVERY }),
    '105445aa',
  ],
  ['nothing where there is nothing', event({}), undefined],
])('reads %s', (_what, given, begin) => {
  expect(traceOfEvent(given)?.traceId.slice(0, 8)).toBe(begin);
});

it('lets the framework print one line of ours for a delivery that was refused', () => {
  const refusal = redelivery(new AppError('unavailable', 'The disk of u1 is full'));
  expect(refusal.message).toBe('Not done (unavailable); deliver again');
  expect(JSON.parse(refusal.stack ?? '')).toEqual({
    severity: 'INFO',
    time: expect.any(String),
    message: 'Delivery refused',
    code: 'unavailable',
  });
});
