import type { AppendAnswer } from '../answers.ts';
import type { Client } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';
import { itemFaults } from './history.ts';

/** Invariant 3: the newest items are those of the append that was just acknowledged. */
export async function checkReadYourWrite(
  client: Pick<Client, 'newest'>,
  sent: SentSession,
  acknowledged: AppendAnswer['items'],
): Promise<Examined> {
  const found = await client.newest(sent.name, acknowledged.length);
  const wanted = acknowledged.map(({ seq }) => seq).join(', ');
  const got = found.map(({ seq }) => seq).join(', ');
  const missing =
    wanted === got ? [] : [`${sent.name.sessionId}: appended ${wanted}, the next read has ${got}`];
  const faults = [...missing, ...found.flatMap((item) => itemFaults(sent, item))];
  return { invariant: 3, looked: { append: 1 }, faults };
}

/** Invariant 3 across instances: written through one, read through another. */
export async function checkOtherInstance(
  other: Pick<Client, 'newest' | 'context'>,
  sent: SentSession,
): Promise<Examined> {
  const [newest] = await other.newest(sent.name, 1);
  const { body } = await other.context(sent.name, { tokenBudget: 100_000, maxItems: 5 });
  const seen = [newest?.seq, body.items?.at(-1)?.seq];
  const faults = seen
    .filter((seq) => seq !== sent.lastSeq)
    .map(
      (seq) => `${sent.name.sessionId}: another instance ends at ${seq}, sent were ${sent.lastSeq}`,
    );
  return { invariant: 3, looked: { 'read through another instance': 2 }, faults };
}
