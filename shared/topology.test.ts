import { expect, it } from 'vitest';
import { StrataOptions } from './options.ts';
import { DELIVERY, SUBSCRIPTIONS } from './topology.ts';

it('keeps content out of the dead-letter topic: only what holds ids is forwarded there', () => {
  const forwarded = SUBSCRIPTIONS.filter(({ isForwarded }) => isForwarded);
  expect(forwarded.map(({ topic }) => topic)).toEqual(['memory-summarize', 'memory-migrate']);
});

it('remembers an erased user for longer than a message may be late', () => {
  const { tombstoneDays } = StrataOptions.parse({});
  expect([tombstoneDays, DELIVERY.retentionDays]).toEqual([31, 7]);
});
