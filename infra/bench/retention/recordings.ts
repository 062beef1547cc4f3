import { readFileSync } from 'node:fs';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { readAgentRuns } from '../agent-runs.ts';
import { agentRun } from './agent-run.ts';
import type { Played } from './played.ts';
import { QuestionedList, questioned } from './questions.ts';

/**
 * Recorded conversations: with questions, in the form of LoCoMo (`[{ sample_id, qa, conversation }]`),
 * or runs of agents, in the form of tau-bench (`[{ traj: [chat-completions messages] }]`).
 *
 * @throws AppError `invalid-argument` when there is no such file, or something else in it.
 */
export function recordingsIn(file: string | undefined): readonly Played[] {
  if (file === undefined) {
    const message = 'Name a file of recordings with --file PATH: LoCoMo, or runs of tau-bench';
    throw new AppError('invalid-argument', message);
  }
  const list = QuestionedList.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return list.success ? list.data.map(questioned) : readAgentRuns(file).map(agentRun);
}
