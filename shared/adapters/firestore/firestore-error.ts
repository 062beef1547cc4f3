import { AppError, type ErrorCode } from '../../kernel/app-error.ts';
import { systemTimers } from '../../kernel/timers.ts';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/) that the adapters tell apart. */
const STATUS = {
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unauthenticated: 16,
} as const;

const CONFLICTS: readonly number[] = [
  STATUS.notFound,
  STATUS.alreadyExists,
  STATUS.failedPrecondition,
  STATUS.aborted,
];

const CODES: Readonly<Record<number, ErrorCode>> = {
  1: 'unavailable', // CANCELLED: the client was closed
  3: 'internal', // INVALID_ARGUMENT: our own request was wrong
  [STATUS.deadlineExceeded]: 'unavailable',
  [STATUS.notFound]: 'unavailable',
  [STATUS.permissionDenied]: 'unavailable',
  [STATUS.resourceExhausted]: 'quota-exceeded',
  [STATUS.aborted]: 'aborted',
  14: 'unavailable',
  15: 'data-loss',
  [STATUS.unauthenticated]: 'unavailable',
};

/** What to do about a failure that no retry mends. */
const ADVICE: Readonly<Record<number, string>> = {
  [STATUS.notFound]: ': the project has no such database; create it or check GOOGLE_CLOUD_PROJECT',
  [STATUS.permissionDenied]: ': access denied; the service account needs roles/datastore.user',
  [STATUS.unauthenticated]: ': no valid credentials; see Application Default Credentials',
  [STATUS.failedPrecondition]: ': an index is missing; deploy infra/firestore.indexes.json',
};

/** The gRPC status of a failure; `undefined` when it has none. */
export function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'number' ? thrown.code : undefined;
}

/** A write whose precondition did not hold, or that lost against a concurrent one. */
export const isConflict = (thrown: unknown): boolean => CONFLICTS.includes(statusOf(thrown) ?? -1);

export const isNotFound = (thrown: unknown): boolean => statusOf(thrown) === STATUS.notFound;

/** Runs one operation of the store; what Firestore throws becomes an `AppError`. */
export type Attempt = <T>(operation: string, run: () => Promise<T>) => Promise<T>;

/**
 * Every operation ends in time: by itself the client tries for minutes to reach a server that is
 * not there. A commit that was cut off may still have taken effect.
 */
export function attemptWithin(timeoutMs: number): Attempt {
  return async (operation, run) => {
    let cancel = () => {};
    const timeout = new Promise<never>((_resolve, reject) => {
      const text = `Firestore could not ${operation} within ${timeoutMs} ms`;
      cancel = systemTimers.after(timeoutMs, () => reject(new AppError('unavailable', text)));
    });
    try {
      return await Promise.race([run(), timeout]);
    } catch (cause) {
      throw named(operation, cause);
    } finally {
      cancel();
    }
  };
}

function named(operation: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const status = statusOf(cause);
  const advice = ADVICE[status ?? -1] ?? '';
  return new AppError(codeOf(cause, status), `Firestore could not ${operation}${advice}`, {
    cause,
  });
}

function codeOf(cause: unknown, status: number | undefined): ErrorCode {
  // The client throws a plain Error after it was closed.
  const isClosed =
    cause instanceof Error && /client has already been (closed|terminated)/i.test(cause.message);
  return isClosed ? 'unavailable' : (CODES[status ?? -1] ?? 'internal');
}
