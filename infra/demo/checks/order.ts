import type { ItemAnswer } from '../answers.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';
import { itemFaults } from './history.ts';

/** Invariant 5: a history is in the order of sending, also where `createdAt` goes back. */
export function checkOrder(sent: SentSession, items: readonly ItemAnswer[]): Examined {
  const faults: string[] = [];
  let jumps = 0;
  items.forEach((item, index) => {
    const previous = items[index - 1];
    if (!previous) return;
    if (item.seq <= previous.seq)
      faults.push(`${sent.name.sessionId}: seq ${item.seq} comes after ${previous.seq}`);
    if (item.createdAt < previous.createdAt) jumps += 1;
  });
  faults.push(...items.flatMap((item) => itemFaults(sent, item)));
  return { invariant: 5, looked: { item: items.length, 'jump back in time': jumps }, faults };
}
