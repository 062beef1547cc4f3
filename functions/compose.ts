import { type Embedded, openEmbedded } from '../shared/components/embedded.ts';
import { type Clock, systemClock } from '../shared/kernel/clock.ts';
import { dropAbsent } from '../shared/kernel/drop-absent.ts';
import type { Logger } from '../shared/kernel/logger.ts';
import type { Config } from './config.ts';
import { loggerAt } from './log.ts';

interface Overrides {
  /** A simulation brings its own time. */
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * The composition root: opens the stores that the configuration names and puts the system together.
 *
 * @throws AppError with one line that says what to do when a store cannot be opened.
 */
export function compose(
  { options, dataDir, logLevel, redis }: Config,
  { clock = systemClock, log = loggerAt(logLevel) }: Overrides = {},
): Promise<Embedded> {
  return openEmbedded({ options, dataDir, clock, log, ...dropAbsent({ redis }) });
}
