import { describe, expect, it } from 'vitest';
import { EXCHANGE, honestClient, itemOf, sentSession } from './honest-client.ts';
import { checkIsolation } from './isolation.ts';

const sent = sentSession(EXCHANGE);
const honest = {
  ...honestClient(sent),
  itemAs: async (_method: string, id: string, userId: string) => ({
    status: userId === 'u1' ? 200 : 404,
    body: itemOf(sent, { ...firstOf(sent), id }),
  }),
  sessions: async () => [],
  summary: async () => {
    throw new TypeError('There is no summary to ask for');
  },
};

function firstOf({ items }: typeof sent) {
  const [first] = items;
  if (!first) throw new TypeError('The session has items');
  return first;
}

describe('checkIsolation', () => {
  it('is content when a stranger reaches nothing', async () => {
    expect(await checkIsolation(honest, sent, 'u2')).toEqual({
      invariant: 11,
      looked: { attempt: 12 },
      faults: [],
    });
  });

  it('finds an item that a stranger can read', async () => {
    const body = itemOf(sent, firstOf(sent));
    const open = {
      ...honest,
      itemAs: async (method: string) => ({ status: method === 'GET' ? 200 : 404, body }),
    };
    expect((await checkIsolation(open, sent, 'u2')).faults).toEqual([
      's1: a stranger gets 200 for GET of an item',
      's1: a stranger gets 200 for GET of an item',
    ]);
  });

  it('finds an item that a stranger changed behind a 404', async () => {
    const body = itemOf(sent, firstOf(sent));
    const pinned = {
      ...honest,
      itemAs: async (_method: string, _id: string, userId: string) => ({
        status: userId === 'u1' ? 200 : 404,
        body: { ...body, pinned: true },
      }),
    };
    expect((await checkIsolation(pinned, sent, 'u2')).faults).toEqual([
      's1: a stranger changed an item',
      's1: a stranger changed an item',
    ]);
  });

  it('finds an item that a stranger deleted', async () => {
    const gone = {
      ...honest,
      itemAs: async () => ({ status: 404, body: itemOf(sent, firstOf(sent)) }),
    };
    expect((await checkIsolation(gone, sent, 'u2')).faults).toEqual([
      's1: a stranger changed an item',
      's1: a stranger changed an item',
    ]);
  });

  it('finds a history, a context and sessions of somebody else', async () => {
    const own = honestClient(sent);
    const leaking = {
      ...honest,
      history: () => own.history(sent.name),
      context: () => own.context(sent.name),
      sessions: async () => [
        { sessionId: 's1', itemCount: 4, tiers: { hot: 4, warm: 0, cold: 0 } },
      ],
    };
    expect((await checkIsolation(leaking, sent, 'u2')).faults).toEqual([
      's1: a stranger reads the history',
      's1: a stranger reads the context',
      's1: a stranger sees sessions',
    ]);
  });
});
