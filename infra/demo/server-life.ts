import { HOUR_MS } from '../../shared/kernel/clock.ts';
import type { Conversation } from './conversation/conversation.ts';
import { DemoError } from './demo-error.ts';
import type { Findings } from './findings.ts';
import { cuesOf } from './life.ts';
import type { Play } from './play.ts';
import type { Tick } from './progress.ts';
import { counted } from './report/figures.ts';

/** The same conversations, moved so that the last turn was said an hour before `nowMs`. */
export function shiftedToPast(
  conversations: readonly Conversation[],
  nowMs: number,
): Conversation[] {
  const lastMs = Math.max(...conversations.flatMap(({ turns }) => turns.map(({ atMs }) => atMs)));
  const shiftMs = nowMs - HOUR_MS - lastMs;
  return conversations.map(({ sessionId, turns }) => ({
    sessionId,
    turns: turns.map((turn) => ({
      ...turn,
      atMs: turn.atMs + shiftMs,
      createdAtMs: (turn.createdAtMs ?? turn.atMs) + shiftMs,
    })),
  }));
}

/** What cannot be looked at from outside. */
export function leaveOutInside(findings: Findings): void {
  findings.leaveOut(1, 'a server cannot be restarted from here');
  findings.leaveOut(3, 'a second instance is not known');
  findings.leaveOut(4, 'its cache cannot be dropped from here');
  findings.leaveOut(12, 'its files cannot be read from here');
  findings.leaveOut(13, 'its time budget cannot be set from here');
}

/** Appends everything with the instants at which it was said. Reads nothing: that would keep it hot. */
export async function appendAll(play: Play, tick: Tick): Promise<string> {
  const cues = cuesOf(play.roles);
  for (const [index, { role, turn }] of cues.entries()) {
    tick(index, cues.length, role.conversation.sessionId);
    await play.append(role.sent, turn);
  }
  await play.stage.settle();
  const items = play.begun.reduce((sum, sent) => sum + sent.items.length, 0);
  return `${counted(items, 'item')} in ${counted(cues.length, 'turn')}`;
}

const WATCHED_TURNS = 60;

/** The beginning of the first conversation once more, looked at after every turn. */
export async function watch(play: Play, tick: Tick): Promise<string> {
  const [role] = play.roles;
  if (!role) return 'nothing to watch';
  const sent = play.addSession(`${role.conversation.sessionId}-watched`);
  const turns = role.conversation.turns.slice(0, WATCHED_TURNS);
  for (const [index, turn] of turns.entries()) {
    tick(index, turns.length, sent.name.sessionId);
    await play.send(sent, turn);
  }
  return `${counted(turns.length, 'turn')} again, looked at after each`;
}

const MAX_RUNS = 100;

/** Calls the migration as the scheduler would, until nothing is due. */
export async function migrateAll(play: Play): Promise<string> {
  const { client } = play.stage;
  let moved = 0;
  for (let run = 0; run < MAX_RUNS; run++) {
    const result = await client.migrate();
    moved += result.hotToWarm + result.warmToCold;
    if (result.remaining === 0)
      return `${counted(moved, 'item')} moved in ${counted(run + 1, 'run')}`;
    await play.stage.settle();
  }
  throw new DemoError(`Something is still due after ${MAX_RUNS} migrations`);
}
