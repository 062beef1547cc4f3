import { describe, expect, it } from 'vitest';
import { checkDisposable } from './cache.ts';
import { contextOf, EXCHANGE, honestClient, itemOf, sentSession } from './honest-client.ts';
import { checkOrder } from './order.ts';
import { checkOtherInstance, checkReadYourWrite } from './read-your-write.ts';

const sent = sentSession(EXCHANGE);
const honest = honestClient(sent);
const items = sent.items.map((item) => itemOf(sent, item));

describe('checkReadYourWrite', () => {
  it('finds an append that the next read does not have', async () => {
    const acknowledged = sent.items.slice(-2);
    expect((await checkReadYourWrite(honest, sent, acknowledged)).faults).toEqual([]);
    const stale = { ...honest, newest: async () => items.slice(1, 3) };
    expect((await checkReadYourWrite(stale, sent, acknowledged)).faults).toEqual([
      's1: appended 3, 4, the next read has 2, 3',
    ]);
  });

  it('finds another instance that serves an old head', async () => {
    expect((await checkOtherInstance(honest, sent)).faults).toEqual([]);
    const old = contextOf(sent);
    const stale = {
      ...honest,
      context: async () => ({ status: 200, body: { ...old, items: items.slice(0, 2) } }),
    };
    expect((await checkOtherInstance(stale, sent)).faults).toEqual([
      's1: another instance ends at 2, sent were 4',
    ]);
  });
});

describe('checkDisposable', () => {
  it('finds an answer that differs without the cache, but for access counts', async () => {
    let isDropped = false;
    const drop = async () => {
      isDropped = true;
    };
    const counting = {
      ...honest,
      history: async () => items.map((item) => ({ ...item, accessCount: isDropped ? 9 : 1 })),
    };
    expect((await checkDisposable(counting, sent, drop)).faults).toEqual([]);
    isDropped = false;
    const forgetful = {
      ...honest,
      history: async () => (isDropped ? items.slice(0, 3) : items),
    };
    expect((await checkDisposable(forgetful, sent, drop)).faults).toEqual([
      's1: the history is another one without the cache',
    ]);
  });
});

describe('checkOrder', () => {
  it('wants seq order and counts where createdAt goes back', () => {
    expect(checkOrder(sent, items)).toEqual({
      invariant: 5,
      looked: { item: 4, 'jump back in time': 0 },
      faults: [],
    });
    const swapped = [items[1], items[0], items[2], items[3]].filter((item) => item !== undefined);
    expect(checkOrder(sent, swapped)).toMatchObject({
      looked: { 'jump back in time': 1 },
      faults: ['s1: seq 1 comes after 2'],
    });
  });
});
