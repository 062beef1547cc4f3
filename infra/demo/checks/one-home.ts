import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CoverageAnswer } from '../answers.ts';
import type { Client } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';
import { seqFaults } from './history.ts';

/** Invariant 2: the history has every seq once, and the coverage has neither gap nor overlap. */
export async function checkHome(
  client: Pick<Client, 'history' | 'coverage'>,
  sent: SentSession,
): Promise<Examined> {
  const items = await client.history(sent.name);
  const coverage = await client.coverage(sent.name);
  const faults = [...seqFaults(sent, items), ...coverageFaults(sent, coverage)];
  return { invariant: 2, looked: { history: 1, coverage: 1 }, faults };
}

/** Invariant 2, while `work` moves items: reads as long as it runs, one session after the other. */
export async function checkHomeDuring<T>(
  client: Pick<Client, 'history' | 'coverage'>,
  sessions: readonly SentSession[],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly examined: Examined }> {
  let isRunning = true;
  const working = work().finally(() => {
    isRunning = false;
  });
  const faults: string[] = [];
  let reads = 0;
  for (let index = 0; isRunning && sessions.length > 0; index++) {
    const sent = sessions[index % sessions.length];
    if (!sent) break;
    const examined = await checkHome(client, sent);
    faults.push(...examined.faults.map((fault) => `while migrating: ${fault}`));
    reads += 2;
    // Lets the work go on, also where answers come without any waiting.
    await nextTurn();
  }
  const looked = { 'read while migrating': reads };
  return { result: await working, examined: { invariant: 2, looked, faults } };
}

function coverageFaults({ name, lastSeq }: SentSession, coverage: CoverageAnswer): string[] {
  const at = `${name.sessionId}: coverage`;
  const faults: string[] = [];
  if (coverage.lastSeq !== lastSeq)
    faults.push(`${at} ends at ${coverage.lastSeq}, sent were ${lastSeq}`);
  if (coverage.gaps.length > 0) faults.push(`${at} has gaps: ${JSON.stringify(coverage.gaps)}`);
  let next = 1;
  for (const { fromSeq, toSeq } of coverage.ranges) {
    if (fromSeq > next) faults.push(`${at} leaves out ${next}…${fromSeq - 1}`);
    if (fromSeq < next) faults.push(`${at} has ${fromSeq} twice`);
    next = toSeq + 1;
  }
  if (next <= coverage.lastSeq) faults.push(`${at} leaves out ${next}…${coverage.lastSeq}`);
  return faults;
}
