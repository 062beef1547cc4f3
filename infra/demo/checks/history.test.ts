import { describe, expect, it } from 'vitest';
import { checkDurable } from './durable.ts';
import { historyFaults } from './history.ts';
import { EXCHANGE, honestClient, itemOf, sentSession } from './honest-client.ts';

const sent = sentSession(EXCHANGE);
const items = sent.items.map((item) => itemOf(sent, item));

describe('historyFaults', () => {
  it('finds nothing wrong with a history of what was sent', () => {
    expect(historyFaults(sent, items)).toEqual([]);
  });

  it('names a seq that is missing, one that is there twice, and one that nobody sent', () => {
    const [first, ...rest] = items;
    const extra = rest.slice(-1).map((item) => ({ ...item, seq: 9 }));
    expect(historyFaults(sent, [...rest, ...rest.slice(-1), ...extra])).toEqual([
      's1: seq 1 is listed 0 times',
      's1: seq 4 is listed 2 times',
      's1: seq 9 was never sent',
      's1: seq 9 was never sent',
    ]);
    expect(first?.seq).toBe(1);
  });

  it.each([
    ['content', { content: 'Something else' }],
    ['contentType', { contentType: 'note' }],
    ['toolCalls', { toolCalls: [{ id: 'c2', name: 'track', arguments: '{}' }] }],
    ['createdAt', { createdAt: '2026-01-02T00:00:00.000Z' }],
    ['token count', { tokens: 11 }],
    ['id', { id: 'another' }],
  ])('names an item with another %s', (field, change) => {
    const changed = items.map((item) => (item.seq === 2 ? { ...item, ...change } : item));
    expect(historyFaults(sent, changed)).toEqual([`s1: seq 2 has another ${field}`]);
  });
});

describe('checkDurable', () => {
  it('counts what it looked at', async () => {
    const { looked, faults } = await checkDurable(honestClient(sent), [sent]);
    expect(faults).toEqual([]);
    expect(looked).toEqual({ restart: 1, item: 4 });
  });

  it('finds an acknowledged item that a restart lost', async () => {
    const client = { ...honestClient(sent), history: async () => items.slice(0, 3) };
    const { faults } = await checkDurable(client, [sent]);
    expect(faults).toEqual(['s1: seq 4 is listed 0 times']);
  });
});
