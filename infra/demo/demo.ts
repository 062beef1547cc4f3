import { randomUUID } from 'node:crypto';
import type { DemoArguments } from './arguments.ts';
import { importBacklog } from './backlog.ts';
import { readOftenAgain } from './come-back.ts';
import { boathouse } from './conversation/authored.ts';
import { type Conversation, messageCount } from './conversation/conversation.ts';
import { datedConversations } from './conversation/turns-of.ts';
import { Findings } from './findings.ts';
import { Life } from './life.ts';
import { openLocalStage } from './local-stage.ts';
import { erase, lookBack } from './look-back.ts';
import { Play } from './play.ts';
import { takePortrait } from './portrait.ts';
import { Progress, paint, type Screen } from './progress.ts';
import { readRecordings } from './read-file.ts';
import { invariantLines } from './report/invariants.ts';
import { writeReport } from './report/report.ts';
import { appendAll, leaveOutInside, migrateAll, shiftedToPast, watch } from './server-life.ts';
import { openServerStage } from './server-stage.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Inside, Stage } from './stage.ts';

/** When the conversations of a file begin in simulated time. */
const FILE_START_MS = Date.UTC(2026, 0, 5, 9);

/** Plays the demo and writes its report. Says whether every promise was kept. */
export async function runDemo(given: DemoArguments, screen: Screen): Promise<boolean> {
  const conversations = await conversationsOf(given);
  const startMs = conversations[0]?.turns[0]?.atMs ?? FILE_START_MS;
  const stage = given.server
    ? await openServerStage(given.server)
    : await openLocalStage({ startMs, keep: given.keep });
  try {
    introduce(screen, stage, conversations);
    return await playOn(stage, conversations, screen);
  } finally {
    const kept = await stage.close();
    if (kept !== undefined) screen.write(`The data is kept in ${kept}\n`);
  }
}

async function conversationsOf({ file, sessions }: DemoArguments): Promise<Conversation[]> {
  if (file === undefined) return [boathouse()];
  const recordings = await readRecordings(file);
  return datedConversations(recordings.slice(0, sessions), FILE_START_MS);
}

function introduce(
  screen: Screen,
  { title, remark }: Stage,
  conversations: readonly Conversation[],
): void {
  const messages = conversations.reduce((sum, one) => sum + messageCount(one), 0);
  const what =
    conversations.length === 1 ? 'one conversation' : `${conversations.length} conversations`;
  screen.write(`Strata demo: ${what} of ${messages} messages, on ${title}\n`);
  screen.write(remark === undefined ? '\n' : `${paint(screen, 'dim', remark)}\n\n`);
}

async function playOn(
  stage: Stage,
  conversations: readonly Conversation[],
  screen: Screen,
): Promise<boolean> {
  const findings = new Findings();
  const progress = new Progress(screen);
  const userId = `demo-${randomUUID().slice(0, 8)}`;
  const { inside } = stage;
  const cast = inside ? conversations : shiftedToPast(conversations, Date.now());
  const play = new Play(stage, { userId, conversations: cast }, { findings, progress });
  const scenes = await playScenes(play).catch(async (error: unknown) => {
    // A server keeps what it was given: nothing of an interrupted demo is left there.
    await stage.client.erase(userId).catch(() => undefined);
    const broken = findings.verdicts().filter(({ status }) => status === 'broken');
    for (const line of invariantLines(broken, screen)) screen.write(`${line}\n`);
    throw error;
  });
  const verdicts = findings.verdicts();
  writeReport(screen, { ...scenes, steps: progress.steps, times: stage.times, verdicts });
  return verdicts.every(({ status }) => status !== 'broken');
}

async function playScenes(play: Play) {
  const { stage, progress } = play;
  const { inside } = stage;
  const snapshots = inside ? await liveInside(play, inside) : await liveOnServer(play);
  const portrait = await takePortrait(stage, play.begun);
  if (inside) {
    await progress.step('Come back', () => readOftenAgain(play));
    await progress.step('Catch up', () => importBacklog(play, inside));
  }
  await progress.step('Look back', (tick) => lookBack(play, tick));
  await progress.step('Erase', () => erase(play));
  return { snapshots, portrait };
}

async function liveInside(play: Play, inside: Inside): Promise<readonly Snapshot[]> {
  const life = new Life(play, inside);
  await play.progress.step('Live', (tick) => life.live(tick));
  await play.progress.step('Grow old', (tick) => life.growOld(tick));
  return life.snapshots;
}

async function liveOnServer(play: Play): Promise<readonly Snapshot[]> {
  leaveOutInside(play.findings);
  await play.progress.step('Append', (tick) => appendAll(play, tick));
  await play.progress.step('Migrate', () => migrateAll(play));
  const snapshot = await takeSnapshot(play.stage, play.begun, 'now');
  await play.progress.step('Watch', (tick) => watch(play, tick));
  return [snapshot];
}
