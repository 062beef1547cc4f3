import { DAY_MS } from '../../shared/kernel/clock.ts';
import { checkBounded } from './checks/bounded.ts';
import { checkHome, checkHomeDuring } from './checks/one-home.ts';
import type { Conversation, Turn } from './conversation/conversation.ts';
import type { Play } from './play.ts';
import type { Inside } from './stage.ts';

/** More than two segments hold, so that a migration has several steps to be stopped between. */
const BACKLOG_ITEMS = 450;
const BACKLOG_AGE_DAYS = 100;
/** Asks for the time that a migration does before its second step. */
const STEPS_BEFORE_STOP = 3;

/**
 * An old archive is imported, so that much is due at once. The migration is stopped after its first
 * step; while the rest goes on, readers look at it.
 */
export async function importBacklog(play: Play, inside: Inside): Promise<string> {
  const { stage, findings } = play;
  const { client } = stage;
  const sent = play.addSession('imported-archive');
  const nowMs = inside.clock.now();
  const turns = play.roles.flatMap(({ conversation }) => conversation.turns);
  for (const turn of backlogOf(turns, nowMs - BACKLOG_AGE_DAYS * DAY_MS))
    await play.send(sent, turn);
  const stopped = await inside.migrateBriefly(STEPS_BEFORE_STOP);
  const { result: remaining, examined } = await checkHomeDuring(client, [sent], async () => {
    await stage.settle();
    return (await client.migrate()).remaining;
  });
  findings.add(examined, await checkHome(client, sent));
  const { ranges } = await client.coverage(sent.name);
  const moved = ranges
    .filter(({ tier }) => tier !== 'hot')
    .reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
  findings.add(checkBounded({ stopped, finished: { moved: moved - stopped.moved, remaining } }));
  return `${sent.items.length} old items imported; stopped after ${stopped.moved}, went on to ${moved}`;
}

/** The turns again, without what the system says, said long ago in large requests. */
function backlogOf(turns: Conversation['turns'], fromMs: number): Turn[] {
  const messages = turns.flatMap((turn) => turn.messages).filter(({ role }) => role !== 'system');
  const repeated = Array.from(
    { length: BACKLOG_ITEMS },
    (_, index) => messages[index % messages.length] ?? {},
  );
  const half = Math.ceil(repeated.length / 2);
  return [repeated.slice(0, half), repeated.slice(half)].map((part, index) => ({
    atMs: fromMs + index * DAY_MS,
    createdAtMs: fromMs + index * DAY_MS,
    messages: part,
  }));
}
