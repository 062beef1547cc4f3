import { type Clock, systemClock } from './clock.ts';
import { describeError, stackOf } from './describe-error.ts';
import { dropAbsent } from './drop-absent.ts';
import { currentLogScope, type LogScope } from './log-scope.ts';

/** Fields of a log line: identifiers, counts and codes; never memory content. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Drops everything: for library users who brought no logger, and for tests. */
export const silentLogger: Logger = { info() {}, warning() {}, error() {} };

export interface JsonLoggerOptions {
  /** Names the trace's project, without which Cloud Logging does not find the trace. */
  readonly projectId?: string;
  readonly clock?: Clock;
}

type Severity = 'INFO' | 'WARNING' | 'ERROR';

/**
 * One JSON object a line, in the field names that Cloud Logging reads
 * (https://cloud.google.com/logging/docs/structured-logging). An error in `fields.error` stands
 * there without content; with severity ERROR its stack goes to Error Reporting
 * (https://cloud.google.com/error-reporting/docs/formatting-error-messages).
 */
export function jsonLogger(
  write: (line: string) => void,
  { projectId, clock = systemClock }: JsonLoggerOptions = {},
): Logger {
  const at =
    (severity: Severity) =>
    (message: string, fields: LogFields = {}) => {
      const time = new Date(clock.now()).toISOString();
      const head = { severity, time, message, ...scopeFields(currentLogScope(), projectId) };
      write(`${lineOf(head, { ...fields, ...stackField(severity, fields) })}\n`);
    };
  return { info: at('INFO'), warning: at('WARNING'), error: at('ERROR') };
}

function scopeFields(scope: LogScope | undefined, projectId: string | undefined): LogFields {
  const { traceId = '', spanId, isSampled } = scope?.trace ?? {};
  const trace = projectId === undefined ? traceId : `projects/${projectId}/traces/${traceId}`;
  return dropAbsent({
    'logging.googleapis.com/trace': traceId ? trace : undefined,
    'logging.googleapis.com/spanId': spanId,
    'logging.googleapis.com/trace_sampled': isSampled,
    'logging.googleapis.com/labels': scope?.labels,
  });
}

function stackField(severity: Severity, { error }: LogFields): LogFields {
  return severity === 'ERROR' && error instanceof Error ? { stack_trace: stackOf(error) } : {};
}

/** A log never fails its caller: what JSON cannot say is left out. */
function lineOf(head: LogFields, fields: LogFields): string {
  try {
    // First and last: it begins the line, and no field takes the place of Cloud Logging's own.
    return JSON.stringify({ ...head, ...fields, ...head }, withoutContent);
  } catch {
    return JSON.stringify({ ...head, unwritten: Object.keys(fields) });
  }
}

function withoutContent(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  // Anything can be thrown: what is logged as an error is described as one.
  return value instanceof Error || key === 'error' ? describeError(value) : value;
}
