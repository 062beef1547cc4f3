import { invalid } from '../../shared/kernel/app-error.ts';
import { composeKey, hashKey } from '../../shared/kernel/key.ts';

/** What a cursor belongs to: the kind of list and all that it was asked for. */
export type CursorScope = readonly [kind: string, ...of: readonly string[]];

/** Where a list goes on. */
type Position = readonly (string | number)[];

/**
 * Cursors are opaque to callers, and bound to the list that gave them: one that was changed, or that
 * belongs to another session or order, is refused instead of giving a page of something else. The
 * checksum finds mistakes; it protects nothing, because a cursor opens nothing.
 */
export function encodeCursor(scope: CursorScope, position: Position): string {
  const text = JSON.stringify(position);
  return Buffer.from(`${checksum(scope, text)}${text}`, 'utf8').toString('base64url');
}

/** @throws AppError `invalid-argument` when the cursor is not one of this list's. */
export function decodeCursor(scope: CursorScope, cursor: string): Position {
  const decoded = Buffer.from(cursor, 'base64url');
  const text = decoded.toString('utf8');
  const position = text.slice(CHECKSUM_LENGTH);
  const isCanonical = decoded.toString('base64url') === cursor;
  if (!isCanonical || text.slice(0, CHECKSUM_LENGTH) !== checksum(scope, position))
    throw invalid([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  // The checksum holds only for what `encodeCursor` wrote.
  return JSON.parse(position) as Position;
}

const CHECKSUM_LENGTH = 12;

const checksum = (scope: CursorScope, text: string): string =>
  hashKey(composeKey(...scope, text)).slice(0, CHECKSUM_LENGTH);
