import type { LogFields, Logger } from '../kernel/logger.ts';

/** A line as it was logged. */
export interface NotedLine {
  readonly severity: keyof Logger;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A logger that keeps its lines. */
export function notedLogger(): { readonly lines: NotedLine[]; readonly log: Logger } {
  const lines: NotedLine[] = [];
  const at = (severity: keyof Logger) => (message: string, fields?: LogFields) => {
    lines.push({ severity, message, fields });
  };
  return { lines, log: { info: at('info'), warning: at('warning'), error: at('error') } };
}
