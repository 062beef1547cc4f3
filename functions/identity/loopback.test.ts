import { expect, it } from 'vitest';
import { isFromThisMachine, isLoopbackHost } from './loopback.ts';

it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s is this machine', (address) => {
  expect(isFromThisMachine(address)).toBe(true);
});

it.each(['10.0.0.1', '192.168.1.1', '::ffff:10.0.0.1', 'fe80::1', '::', '0.0.0.0', '', undefined])(
  '%s is not',
  (address) => {
    expect(isFromThisMachine(address)).toBe(false);
  },
);

it.each(['127.0.0.1', '::1', 'localhost'])('a server on %s is reached from here alone', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

it.each(['0.0.0.0', '::', '10.1.2.3', 'example.com'])('a server on %s is not', (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});
