import type { Embedded } from '../../../shared/components/embedded.ts';
import { tokenCounterFor } from '../../../shared/components/token-counter-for.ts';
import type { Summary } from '../../../shared/domain/head.ts';
import type { SessionRef } from '../../../shared/domain/ids.ts';
import type { ItemDraft } from '../../../shared/domain/item.ts';
import { TOPICS } from '../../../shared/topology.ts';
import { USER, withWorkspace } from '../workspace.ts';
import { contextsOf } from './contexts.ts';
import type { Played } from './played.ts';
import type { Tally } from './tally.ts';

export const BUDGETS = [1_000, 2_000, 4_000] as const;

/**
 * Plays a conversation on the system as it is with its default options, turn by turn, with summaries
 * made when they are asked for, and looks into its contexts when it says so.
 */
export const play = (played: Played, tally: Tally): Promise<void> =>
  withWorkspace(async (system) => {
    const session = { userId: USER, sessionId: played.name };
    const items: ItemDraft[] = [];
    const summaries = summariesOf(system, session);
    for (let turn = 0; turn <= played.turns.length; turn++) {
      await lookAt(system, { played, turn, items, summaries, tally });
      const next = played.turns[turn] ?? [];
      if (next.length === 0) continue;
      const append = { ...session, items: next, startedAtMs: Date.now(), isEvent: false };
      await system.memory.append(append);
      items.push(...next);
      await system.bus.drain();
    }
  });

/** Makes summaries when they are asked for, and keeps them. */
function summariesOf({ bus, memory }: Embedded, session: SessionRef): readonly Summary[] {
  const made: Summary[] = [];
  bus.subscribe(TOPICS.summarize, 'bench', async () => {
    const outcome = await memory.summarizeSession(session);
    if (outcome.status === 'committed') made.push(outcome.summary);
  });
  return made;
}

interface Moment {
  readonly played: Played;
  readonly turn: number;
  readonly items: readonly ItemDraft[];
  readonly summaries: readonly Summary[];
  readonly tally: Tally;
}

async function lookAt(system: Embedded, moment: Moment): Promise<void> {
  const { played, turn, items, summaries, tally } = moment;
  const look = played.look(
    turn,
    summaries.map(({ toSeq }) => toSeq),
  );
  if (!look) return;
  const contexts = contextsOf(system, tokenCounterFor(system.options.tokenCounter));
  const talk = { sessionId: played.name, items, summary: summaries.at(-1) };
  for (const budget of BUDGETS) {
    for (const [name, contextOf] of Object.entries(contexts)) {
      const text = await contextOf(talk, budget);
      for (const { kind, literal } of look.wanted) {
        tally.add({ when: look.when, budget, name, kind }, played.holds(text, literal));
      }
    }
  }
}
