import { EVENT_VERSION } from '../../../shared/domain/events.ts';
import type { ErasureAnswer } from '../answers.ts';
import { type Answer, type Client, refused } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';

type Eraser = Pick<
  Client,
  | 'erase'
  | 'receipt'
  | 'history'
  | 'coverage'
  | 'context'
  | 'sessions'
  | 'summary'
  | 'itemAs'
  | 'deliver'
>;

export interface ErasedTime {
  /** Lets some time go by: what arrives in the instant of the erasure is not late. */
  pass(): void;
  /** Resolves when events that were accepted are handled. */
  settle(): Promise<void>;
}

export interface Erasure {
  readonly receipt: ErasureAnswer;
  readonly examined: Examined;
}

/**
 * Invariant 12: erases a user, then asks for everything of theirs, and again after late events.
 *
 */
export async function checkErased(
  client: Eraser,
  sessions: readonly SentSession[],
  time: ErasedTime,
): Promise<Erasure> {
  const userId = sessions[0]?.name.userId ?? '';
  const summaryIds: string[] = [];
  for (const { name } of sessions) {
    const { body } = await client.context(name, {});
    if (body.summary) summaryIds.push(body.summary.id);
  }
  const receipt = await erase(client, userId);
  const faults = receipt.verifiedEmpty ? [] : ['the receipt does not say verifiedEmpty'];
  faults.push(...(await leftovers(client, sessions, summaryIds)));
  time.pass();
  const lateEvents = await deliverLate(client, sessions, faults);
  await time.settle();
  const after = await leftovers(client, sessions, summaryIds);
  faults.push(...after.map((fault) => `after late events: ${fault}`));
  const looked = {
    session: sessions.length,
    item: receipt.items,
    'event that came late': lateEvents,
  };
  return { receipt, examined: { invariant: 12, looked, faults } };
}

/** An answer of 202 is asked after until it is done. */
async function erase(client: Eraser, userId: string): Promise<ErasureAnswer> {
  let answer: Answer<ErasureAnswer> = await client.erase(userId);
  while (answer.status === 202) answer = await client.receipt(answer.body.receiptId);
  if (answer.status === 200) return answer.body;
  throw refused({ method: 'POST', path: '/erase-user' }, answer);
}

async function leftovers(
  client: Eraser,
  sessions: readonly SentSession[],
  summaryIds: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  const userId = sessions[0]?.name.userId ?? '';
  const listed = await client.sessions(userId);
  if (listed.length > 0) faults.push(`${listed.length} sessions are still listed`);
  for (const { name, items } of sessions) {
    const at = name.sessionId;
    if ((await client.history(name)).length > 0) faults.push(`${at}: the history is not empty`);
    if ((await client.coverage(name)).lastSeq > 0) faults.push(`${at}: the coverage is not empty`);
    const { body } = await client.context(name, {});
    if (body.summary || (body.items?.length ?? 0) > 0 || (body.facts?.length ?? 0) > 0)
      faults.push(`${at}: the context is not empty`);
    for (const { id } of [items[0], items.at(-1)].filter((item) => item !== undefined)) {
      const { status } = await client.itemAs('GET', id, userId);
      if (status !== 404) faults.push(`${at}: an item was answered ${status}`);
    }
  }
  for (const id of summaryIds) {
    const { status } = await client.summary(id);
    if (status !== 404) faults.push(`a summary was answered ${status}`);
  }
  return faults;
}

/** Commands for the erased user, as they arrive when a queue was slow. */
async function deliverLate(
  client: Eraser,
  sessions: readonly SentSession[],
  faults: string[],
): Promise<number> {
  let delivered = 0;
  for (const { name } of sessions.slice(0, 5)) {
    const item = { content: 'I come late.', contentType: 'user_message' };
    const command = { version: EVENT_VERSION, ...name };
    const answers = [
      await client.deliver('ingest-items', `late-append-${name.sessionId}`, {
        ...command,
        items: [item],
      }),
      await client.deliver('summarize-session', `late-summary-${name.sessionId}`, command),
      await client.deliver('migrate-session', `late-migration-${name.sessionId}`, command),
    ];
    delivered += answers.length;
    const unsettled = answers.filter(({ status }) => status < 200 || status > 299);
    if (unsettled.length > 0) faults.push('a late event is not acknowledged, so it comes for ever');
  }
  return delivered;
}
