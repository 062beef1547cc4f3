import { describe, expect, it } from 'vitest';
import type { ContextAnswer, ItemAnswer } from '../answers.ts';
import { checkErased } from './erased.ts';
import { contextOf, EXCHANGE, honestClient, sentSession } from './honest-client.ts';

const sent = sentSession(EXCHANGE);
const receipt = {
  receiptId: 'r1',
  sessions: 1,
  items: 4,
  segments: 0,
  summaries: 0,
  verifiedEmpty: true,
};
const time = { pass: () => undefined, settle: async () => undefined };
const [first] = contextOf(sent).items;
if (!first) throw new TypeError('The session has items');
const FIRST = first;
const nobody = { userId: 'nobody', sessionId: 's1' };

/** Has the session until it is erased; `resurrects` brings it back with a late event. */
function eraser({ resurrects = false, forgets = true } = {}) {
  const full = honestClient(sent);
  let isThere = true;
  const name = () => (isThere ? sent.name : nobody);
  return {
    erase: async () => {
      isThere = !forgets;
      return { status: 202, body: receipt };
    },
    receipt: async () => ({ status: 200, body: receipt }),
    history: (): Promise<readonly ItemAnswer[]> => full.history(name()),
    context: (): Promise<{ status: number; body: ContextAnswer }> => full.context(name()),
    coverage: () => full.coverage(name()),
    sessions: async () => [],
    summary: async () => ({
      status: 404,
      body: { id: '', text: '', fromSeq: 1, toSeq: 1, tokens: 1 },
    }),
    itemAs: async () => ({
      status: isThere ? 200 : 404,
      body: FIRST,
    }),
    deliver: async () => {
      isThere ||= resurrects;
      return { status: 204, body: undefined };
    },
  };
}

describe('checkErased', () => {
  it('asks after a receipt, then for everything, and again after late events', async () => {
    const { examined, receipt: last } = await checkErased(eraser(), [sent], time);
    expect(examined).toEqual({
      invariant: 12,
      looked: { session: 1, item: 4, 'event that came late': 3 },
      faults: [],
    });
    expect(last).toEqual(receipt);
  });

  it('finds everything that is still there', async () => {
    const { examined } = await checkErased(eraser({ forgets: false }), [sent], time);
    expect(examined.faults.slice(0, 5)).toEqual([
      's1: the history is not empty',
      's1: the coverage is not empty',
      's1: the context is not empty',
      's1: an item was answered 200',
      's1: an item was answered 200',
    ]);
  });

  it('finds what a late event brings back', async () => {
    const { examined } = await checkErased(eraser({ resurrects: true }), [sent], time);
    expect(examined.faults[0]).toBe('after late events: s1: the history is not empty');
  });

  it('finds a receipt that verified nothing, and an event that would come for ever', async () => {
    const client = {
      ...eraser(),
      receipt: async () => ({ status: 200, body: { ...receipt, verifiedEmpty: false } }),
      deliver: async () => ({ status: 503, body: undefined }),
    };
    const { examined } = await checkErased(client, [sent], time);
    expect(examined.faults).toEqual([
      'the receipt does not say verifiedEmpty',
      'a late event is not acknowledged, so it comes for ever',
    ]);
  });
});
