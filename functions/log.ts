import { jsonLogger, type Logger, silentLogger } from '../shared/kernel/logger.ts';
import type { LogLevel } from './config.ts';

/** Logs go to standard error as JSON lines: standard output belongs to whoever starts us. */
export function loggerAt(level: LogLevel): Logger {
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
