import { MigrateCommand } from '../../shared/domain/events.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { deadlineAfter } from '../../shared/kernel/deadline.ts';
import { validate } from '../../shared/kernel/validate.ts';
import { consumer, type EventHandler } from '../event/consumer.ts';
import type { OpenRuntime, Runtime } from '../runtime.ts';

/** Moves what is due in one session, or in all sessions of one shard. */
export const migrateSession = (open: OpenRuntime): EventHandler =>
  consumer<MigrateCommand>(
    { name: 'migrate-session', decode: (data) => validate(MigrateCommand, data), run },
    open,
  );

function run({ memory, options }: Runtime, command: MigrateCommand): Promise<unknown> {
  const deadline = deadlineAfter(options.migrationBudgetMs, systemClock);
  return 'shard' in command
    ? memory.migrateTiers({ dryRun: false, deadline, shard: command.shard })
    : memory.migrateSession(command, deadline);
}
