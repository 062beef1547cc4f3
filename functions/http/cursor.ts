import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from '../../shared/kernel/app-error.ts';
import { composeKey } from '../../shared/kernel/key.ts';

/** What a cursor belongs to: the kind of list and all that it was asked for. */
export type CursorScope = readonly [kind: string, ...of: readonly string[]];

/** What signs cursors, and whose signatures are accepted. */
export interface Keys {
  forSigning(): Promise<string>;
  /** None: nobody was given a cursor yet. */
  accepted(): Promise<readonly string[]>;
}

/** Where a list goes on. */
type Position = readonly (string | number)[];

/** 128 bits of HMAC-SHA-256 (RFC 2104, section 5, on truncating): short, and nobody's to guess. */
const SIGNATURE_BYTES = 16;

/**
 * Cursors are opaque to callers, and signed for the list that gave them: one that was changed, made
 * up, or that belongs to another user, session or order is refused instead of giving a page of
 * something else.
 */
export async function encodeCursor(
  keys: Keys,
  scope: CursorScope,
  position: Position,
): Promise<string> {
  const key = await keys.forSigning();
  const text = JSON.stringify(position);
  return Buffer.concat([signature(key, scope, text), Buffer.from(text)]).toString('base64url');
}

/** @throws AppError `invalid-argument` when the cursor is not one of this list's. */
export async function decodeCursor(
  keys: Keys,
  scope: CursorScope,
  cursor: string,
): Promise<Position> {
  const decoded = Buffer.from(cursor, 'base64url');
  const signed = decoded.subarray(0, SIGNATURE_BYTES);
  const text = decoded.subarray(SIGNATURE_BYTES).toString('utf8');
  const isCanonical = decoded.toString('base64url') === cursor;
  const isSigned =
    signed.length === SIGNATURE_BYTES &&
    (await keys.accepted()).some((key) => timingSafeEqual(signed, signature(key, scope, text)));
  if (!isCanonical || !isSigned)
    throw invalid([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  // The signature holds only for what `encodeCursor` wrote.
  return JSON.parse(text) as Position;
}

const signature = (key: string, scope: CursorScope, text: string): Buffer =>
  createHmac('sha256', key)
    .update(composeKey(...scope, text))
    .digest()
    .subarray(0, SIGNATURE_BYTES);
