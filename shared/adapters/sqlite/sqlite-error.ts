import { AppError, type ErrorCode } from '../../kernel/app-error.ts';

/** Primary result codes (https://sqlite.org/rescode.html) that say more than "internal". */
const CODES: Readonly<Record<number, ErrorCode>> = {
  5: 'unavailable', // BUSY: another process kept the write lock for longer than the busy timeout
  6: 'unavailable', // LOCKED
  8: 'unavailable', // READONLY
  10: 'unavailable', // IOERR
  11: 'data-loss', // CORRUPT
  13: 'unavailable', // FULL
  14: 'unavailable', // CANTOPEN
  26: 'data-loss', // NOTADB
};

/** The primary result code of a failure; `undefined` when it did not come from SQLite. */
export function resultCodeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined;
}

/** Runs one operation of the store; what SQLite throws becomes an `AppError`. */
export function attempt<T>(operation: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(codeOf(cause), `SQLite could not ${operation}`, { cause });
  }
}

function codeOf(cause: unknown): ErrorCode {
  // node:sqlite reports a database that was closed meanwhile as a state, not as a result code.
  const isClosed = cause instanceof Error && 'code' in cause && cause.code === 'ERR_INVALID_STATE';
  return isClosed ? 'unavailable' : (CODES[resultCodeOf(cause) ?? -1] ?? 'internal');
}
