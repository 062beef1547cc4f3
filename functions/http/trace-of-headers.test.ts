import { expect, it } from 'vitest';
import { traceOfHeaders } from './trace-of-headers.ts';

const W3C = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const GOOGLE = '105445aa7843bc8bf206b12000100000/1;o=1';

it.each([
  ['W3C’s header', { traceparent: W3C }, '4bf92f3577b34da6a3ce929d0e0e4736'],
  ['Google’s header', { 'x-cloud-trace-context': GOOGLE }, '105445aa7843bc8bf206b12000100000'],
  [
    'W3C’s of both',
    { traceparent: W3C, 'x-cloud-trace-context': GOOGLE },
    '4bf92f3577b34da6a3ce929d0e0e4736',
  ],
  [
    'Google’s beside one of W3C’s that says nothing',
    { traceparent: 'x', 'x-cloud-trace-context': GOOGLE },
    '105445aa7843bc8bf206b12000100000',
  ],
  ['none', {}, undefined],
])('reads %s', (_what, headers, traceId) => {
  expect(traceOfHeaders(headers)?.traceId).toBe(traceId);
});
