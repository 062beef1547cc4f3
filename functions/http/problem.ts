import type { AppError, ErrorCode } from '../../shared/kernel/app-error.ts';

// A new code in the catalogue does not compile here until it has a status.
const STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  conflict: 409,
  aborted: 409,
  erased: 410,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'budget-too-small': 422,
  'quota-exceeded': 429,
  'data-loss': 500,
  internal: 500,
  unavailable: 503,
  'deadline-exceeded': 504,
};

export const PROBLEM_TYPE = 'application/problem+json';

/** The body of every error answer (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

/** What the caller may see. Our own failures show a code and nothing else; the log has the cause. */
export function toProblem({ code, message, details }: AppError): Problem {
  const status = STATUS[code];
  return status >= 500
    ? { status, code, detail: 'The service could not complete the request' }
    : { ...details, status, code, detail: message };
}
