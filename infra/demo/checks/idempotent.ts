import type { JsonObject } from '../../../shared/kernel/json.ts';
import type { Client } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';

/**
 * Invariant 6: the request of the last append, sent again, answers as before and adds nothing; its
 * key with other content is refused.
 */
export async function checkIdempotent(
  client: Pick<Client, 'append'>,
  sent: SentSession,
  request: JsonObject,
  ids: readonly string[],
): Promise<Examined> {
  const at = sent.name.sessionId;
  const faults: string[] = [];
  const again = await client.append(sent.name, request);
  const answered = (again.body.items ?? []).map(({ id }) => id);
  if (again.status !== 200 || again.body.replayed !== true)
    faults.push(`${at}: a repeated request was answered ${again.status}, not as a replay`);
  if (answered.join() !== ids.join()) faults.push(`${at}: a repeated request has other items`);
  if (again.body.session?.lastSeq !== sent.lastSeq)
    faults.push(`${at}: a repeated request left ${again.body.session?.lastSeq} items`);
  const other = [{ role: 'user', content: 'Something else under the same key.' }];
  const misuse = await client.append(sent.name, { ...request, messages: other });
  if (misuse.status !== 409 || misuse.body.code !== 'conflict')
    faults.push(`${at}: a key used for something else was answered ${misuse.status}`);
  return { invariant: 6, looked: { 'request repeated': 1, 'key misused': 1 }, faults };
}
