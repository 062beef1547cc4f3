import type { Verdict } from '../findings.ts';
import type { CallTimes } from '../http-transport.ts';
import type { Portrait } from '../portrait.ts';
import { paint, type Screen, type Step } from '../progress.ts';
import type { Snapshot } from '../snapshot.ts';
import { costsTable } from './costs.ts';
import { coverageLines } from './coverage.ts';
import { invariantLines } from './invariants.ts';
import { factsList, summaryOpened } from './summary.ts';
import { tiersTable } from './tiers.ts';
import { callsTable, stepsTable } from './times.ts';

export interface Outcome {
  readonly snapshots: readonly Snapshot[];
  readonly portrait: Portrait | undefined;
  readonly steps: readonly Step[];
  readonly times: CallTimes;
  readonly verdicts: readonly Verdict[];
}

/** The report, to be read from top to bottom. */
export function writeReport(screen: Screen, outcome: Outcome): void {
  const { snapshots, portrait, steps, times, verdicts } = outcome;
  const section = (title: string, remark: string, lines: readonly string[]) => {
    const heading = paint(screen, 'bold', title);
    screen.write(`\n${heading}${remark === '' ? '' : `  ${paint(screen, 'dim', remark)}`}\n`);
    for (const line of lines) screen.write(line === '' ? '\n' : `  ${line}\n`);
  };
  section('Tiers', 'items and bytes at several ages', tiersTable(snapshots));
  section('What a context costs', costRemark(snapshots), costsTable(snapshots));
  if (portrait) {
    const remark = 'its text, and the originals that it stands for, read through it';
    section('A summary, opened', remark, summaryOpened(portrait));
    section('Facts kept beside it', 'verbatim, with their seq', factsList(portrait));
    section('Coverage', 'where every item is', coverageLines(portrait.coverage));
  }
  section('Time', 'the checks included', [...stepsTable(steps), '', ...callsTable(times)]);
  section('Invariants', '', invariantLines(verdicts, screen));
  screen.write(`\n${conclusion(screen, verdicts)}\n`);
}

function costRemark(snapshots: readonly Snapshot[]): string {
  const sessions = Math.max(0, ...snapshots.map(({ cost }) => cost.sessions));
  const hasReads = snapshots.some(({ cost }) => cost.readsCached !== undefined);
  const reads = hasReads ? '; a read is one stored document' : '';
  const mean = sessions > 1 ? `the mean of ${sessions} sessions, ` : '';
  return `${mean}at the default budget${reads}`;
}

function conclusion(screen: Screen, verdicts: readonly Verdict[]): string {
  const count = (status: Verdict['status']) =>
    verdicts.filter((verdict) => verdict.status === status).length;
  const broken = count('broken');
  if (broken > 0) return paint(screen, 'red', `${broken} of ${verdicts.length} invariants broken.`);
  const unchecked = count('unchecked');
  const rest = unchecked > 0 ? `, ${unchecked} could not be looked at here` : '';
  return paint(screen, 'green', `${count('kept')} of ${verdicts.length} invariants hold${rest}.`);
}
