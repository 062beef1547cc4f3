import { describe, expect, it } from 'vitest';
import type { AppendAnswer } from '../answers.ts';
import { EXCHANGE, sentSession } from './honest-client.ts';
import { checkIdempotent } from './idempotent.ts';

const sent = sentSession(EXCHANGE);
const ids = sent.items.map(({ id }) => id);
const request = { format: 'openai', messages: EXCHANGE, idempotencyKey: 'turn-1' };
const replay: AppendAnswer = {
  items: sent.items,
  session: { itemCount: 4, lastSeq: 4 },
  replayed: true,
};
const conflict: AppendAnswer = { ...replay, code: 'conflict' };

/** Answers the repeated request first, then the misuse of its key. */
function answering(...answers: readonly { status: number; body: AppendAnswer }[]) {
  const left = [...answers];
  return {
    append: async () => left.shift() ?? { status: 500, body: replay },
  };
}

describe('checkIdempotent', () => {
  it('is content with the first answer again, and a conflict for other content', async () => {
    const client = answering({ status: 200, body: replay }, { status: 409, body: conflict });
    expect((await checkIdempotent(client, sent, request, ids)).faults).toEqual([]);
  });

  it('finds a request that was appended twice', async () => {
    const twice: AppendAnswer = {
      items: [{ id: 's1-5', seq: 5, tokens: 10, createdAt: '2026-01-01T00:05:00.000Z' }],
      session: { itemCount: 5, lastSeq: 5 },
    };
    const client = answering({ status: 201, body: twice }, { status: 409, body: conflict });
    expect((await checkIdempotent(client, sent, request, ids)).faults).toEqual([
      's1: a repeated request was answered 201, not as a replay',
      's1: a repeated request has other items',
      's1: a repeated request left 5 items',
    ]);
  });

  it('finds a key that may be used for something else', async () => {
    const client = answering({ status: 200, body: replay }, { status: 201, body: replay });
    expect((await checkIdempotent(client, sent, request, ids)).faults).toEqual([
      's1: a key used for something else was answered 201',
    ]);
  });
});
