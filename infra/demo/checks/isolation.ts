import type { Client } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';

type Reader = Pick<Client, 'itemAs' | 'history' | 'context' | 'coverage' | 'sessions' | 'summary'>;

/** Invariant 11: a stranger who knows every id and name of a session reaches nothing of it. */
export async function checkIsolation(
  client: Reader,
  sent: SentSession,
  stranger: string,
): Promise<Examined> {
  const { sessionId } = sent.name;
  const asStranger = { userId: stranger, sessionId };
  const faults: string[] = [];
  let attempts = 0;
  const expect = (isRight: boolean, what: string) => {
    attempts += 1;
    if (!isRight) faults.push(`${sessionId}: a stranger ${what}`);
  };
  for (const { id, seq } of [sent.items[0], sent.items.at(-1)].filter(
    (item) => item !== undefined,
  )) {
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const { status } = await client.itemAs(method, id, stranger);
      expect(status === 404, `gets ${status} for ${method} of an item`);
    }
    const { status, body } = await client.itemAs('GET', id, sent.name.userId);
    const isAsBefore = status === 200 && body.pinned === sent.pinnedSeqs.has(seq);
    expect(isAsBefore, 'changed an item');
  }
  expect((await client.history(asStranger)).length === 0, 'reads the history');
  const { body } = await client.context(asStranger, {});
  expect((body.items?.length ?? 0) === 0 && !body.summary, 'reads the context');
  expect((await client.coverage(asStranger)).lastSeq === 0, 'reads the coverage');
  expect((await client.sessions(stranger)).length === 0, 'sees sessions');
  const own = await client.context(sent.name, {});
  if (own.body.summary) {
    const { status } = await client.summary(own.body.summary.id, { userId: stranger });
    expect(status === 404, `gets ${status} for a summary`);
  }
  return { invariant: 11, looked: { attempt: attempts }, faults };
}
