/** Fields of a log line: identifiers, counts and codes; never memory content. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Drops everything: for library users who brought no logger, and for tests. */
export const silentLogger: Logger = { info() {}, warning() {}, error() {} };

/**
 * One JSON object a line, in the field names that Cloud Logging reads
 * (https://cloud.google.com/logging/docs/structured-logging).
 */
export function jsonLogger(write: (line: string) => void): Logger {
  const at =
    (severity: string) =>
    (message: string, fields: LogFields = {}) =>
      write(`${JSON.stringify({ severity, message, ...fields }, errorAsText)}\n`);
  return { info: at('INFO'), warning: at('WARNING'), error: at('ERROR') };
}

function errorAsText(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
}
