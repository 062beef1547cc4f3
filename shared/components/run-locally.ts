import { SummarizeCommand } from '../domain/events.ts';
import { systemClock } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Timers } from '../kernel/timers.ts';
import { TOPICS } from '../topology.ts';
import type { Embedded } from './embedded.ts';

interface LocalRun {
  readonly timers: Timers;
  readonly log: Logger;
  /** Milliseconds between migrations; absent: only when asked to. */
  readonly migrateEveryMs?: number;
}

/**
 * Does in this process what functions do elsewhere: answers commands on the bus and migrates at
 * intervals. The result stops it.
 */
export function runLocally({ bus, memory, options }: Embedded, run: LocalRun): () => void {
  const { timers, log, migrateEveryMs } = run;
  const deadline = () => deadlineAfter(options.migrationBudgetMs, systemClock);
  bus.subscribe(TOPICS.summarize, 'summarize-session', async ({ data }) => {
    await memory.summarizeSession(SummarizeCommand.parse(data));
  });
  bus.subscribe(TOPICS.migrate, 'migrate-session', async ({ data }) => {
    await memory.migrateSession(SummarizeCommand.parse(data), deadline());
  });
  if (migrateEveryMs === undefined) return () => undefined;

  let cancel: () => void = () => undefined;
  let isStopped = false;
  const schedule = () => {
    if (isStopped) return;
    cancel = timers.after(migrateEveryMs, () => {
      memory
        .migrateTiers({ dryRun: false, deadline: deadline() })
        .catch((error: unknown) => log.error('A scheduled migration failed', { error }))
        .finally(schedule);
    });
  };
  schedule();
  return () => {
    isStopped = true;
    cancel();
  };
}
