import type { Client } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';
import { historyFaults } from './history.ts';

/** Invariant 1: everything that was acknowledged is there, as it was sent. Ask after a restart. */
export async function checkDurable(
  client: Pick<Client, 'history'>,
  sessions: readonly SentSession[],
): Promise<Examined> {
  const faults: string[] = [];
  let items = 0;
  for (const sent of sessions) {
    faults.push(...historyFaults(sent, await client.history(sent.name)));
    items += sent.items.length;
  }
  return { invariant: 1, looked: { restart: 1, item: items }, faults };
}
