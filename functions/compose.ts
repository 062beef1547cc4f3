import { type Embedded, openEmbedded } from '../shared/components/embedded.ts';
import { type Clock, systemClock } from '../shared/kernel/clock.ts';
import { jsonLogger, type Logger, silentLogger } from '../shared/kernel/logger.ts';
import type { Config, LogLevel } from './config.ts';

interface Overrides {
  /** A simulation brings its own time. */
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * The composition root: opens the stores that the configuration names and puts the system together.
 *
 * @throws AppError when a store cannot be opened; the log has the reason.
 */
export async function compose(
  { options, dataDir, logLevel }: Config,
  { clock = systemClock, log = loggerAt(logLevel) }: Overrides = {},
): Promise<Embedded> {
  try {
    return await openEmbedded({ options, dataDir, clock, log });
  } catch (error) {
    log.error('The memory could not be opened', { dataDir, error });
    throw error;
  }
}

/** Logs go to standard error as JSON lines: standard output belongs to whoever starts us. */
function loggerAt(level: LogLevel): Logger {
  const { info, warning, error } = jsonLogger((line) => void process.stderr.write(line));
  const off = silentLogger;
  switch (level) {
    case 'off':
      return off;
    case 'error':
      return { ...off, error };
    case 'warning':
      return { ...off, warning, error };
    case 'info':
      return { info, warning, error };
  }
}
