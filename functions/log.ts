import { dropAbsent } from '../shared/kernel/drop-absent.ts';
import { jsonLogger, type Logger, silentLogger } from '../shared/kernel/logger.ts';
import type { Config } from './config.ts';

/** Logs go to standard error as JSON lines: standard output belongs to whoever starts us. */
export function loggerAt({ logLevel, projectId }: Pick<Config, 'logLevel' | 'projectId'>): Logger {
  const write = (line: string) => void process.stderr.write(line);
  const { info, warning, error } = jsonLogger(write, dropAbsent({ projectId }));
  const off = silentLogger;
  switch (logLevel) {
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
