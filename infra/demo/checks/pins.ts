import type { ContextAnswer } from '../answers.ts';
import type { SentSession } from '../sent.ts';

/** Pinned items that a context leaves out. */
export function pinFaults({ name, pinnedSeqs }: SentSession, { items, tokens }: ContextAnswer) {
  const kept = new Set(items.map(({ seq }) => seq));
  return [...pinnedSeqs]
    .filter((seq) => !kept.has(seq))
    .map((seq) => `${name.sessionId}: pin ${seq} is missing within ${tokens.budget} tokens`);
}
