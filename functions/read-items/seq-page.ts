import { invalid } from '../../shared/kernel/app-error.ts';
import { type CursorScope, decodeCursor, encodeCursor } from '../http/cursor.ts';
import type { Runtime } from '../runtime.ts';

/** The seq that a cursor stands for. @throws AppError `invalid-argument` when it is not this list's. */
export async function readSeqCursor(
  { cursorKeys }: Runtime,
  scope: CursorScope,
  cursor: string | undefined,
): Promise<number | undefined> {
  if (cursor === undefined) return undefined;
  const [seq] = await decodeCursor(cursorKeys, scope, cursor);
  if (typeof seq !== 'number') throw invalid([{ path: 'cursor', message: 'is not a cursor' }]);
  return seq;
}

/** The end of a page: whether and where the list goes on. */
export const seqPage = async (
  { cursorKeys }: Runtime,
  scope: CursorScope,
  nextSeq: number | undefined,
) =>
  nextSeq === undefined
    ? { hasMore: false }
    : { hasMore: true, nextCursor: await encodeCursor(cursorKeys, scope, [nextSeq]) };
