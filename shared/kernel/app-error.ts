/** Every failure this system can name. `retryable` decides whether an event is redelivered. */
export const ERROR_CODES = {
  'invalid-argument': { retryable: false },
  'payload-too-large': { retryable: false },
  /** The caller took too long to send. */
  'request-timeout': { retryable: false },
  'unsupported-media-type': { retryable: false },
  'method-not-allowed': { retryable: false },
  /** No token, or one that does not hold. */
  unauthenticated: { retryable: false },
  /** The caller is known, and may not do this. */
  forbidden: { retryable: false },
  'not-found': { retryable: false },
  /** The same idempotency key was used for something else. */
  conflict: { retryable: false },
  /** What must be in the context does not fit; `details.requiredBudget` would do. */
  'budget-too-small': { retryable: false },
  /** The user was erased, and what arrives late must bring nothing back. */
  erased: { retryable: false },
  /** Stored bytes do not match their checksum, or their codec is unknown. */
  'data-loss': { retryable: false },
  'deadline-exceeded': { retryable: true },
  'quota-exceeded': { retryable: true },
  /** A concurrent change won; reading again and repeating is safe. */
  aborted: { retryable: true },
  unavailable: { retryable: true },
  internal: { retryable: true },
} as const satisfies Record<string, { readonly retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

interface AppErrorOptions {
  readonly cause?: unknown;
  /** Safe to show to the caller and to log: identifiers and limits, never memory content. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The only error class that crosses a module boundary. Callers switch on `code`, never on text. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, { cause, details = {} }: AppErrorOptions = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  /** Keeps an `AppError` as it is; anything else becomes `internal` with the original as cause. */
  static from(error: unknown): AppError {
    return error instanceof AppError
      ? error
      : new AppError('internal', 'Unexpected failure', { cause: error });
  }
}

/** One fault of an input: where it is and what was expected there. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/** Enough to mend a request by; a body can have millions of unknown keys. */
export const MAX_VIOLATIONS = 100;

/** An `invalid-argument` that names the fields at fault. */
export function invalid(violations: readonly Violation[], message = 'The request is not valid') {
  return new AppError('invalid-argument', message, { details: { violations } });
}

/** Closes a `switch` over a union: a new member does not compile until it is handled. */
export function assertNever(value: never): never {
  throw new TypeError(`Unhandled case ${JSON.stringify(value)}`);
}
