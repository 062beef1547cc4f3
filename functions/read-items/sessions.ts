import { z } from 'zod';
import { identifier } from '../../shared/domain/identifier.ts';
import { invalid } from '../../shared/kernel/app-error.ts';
import { dropAbsent } from '../../shared/kernel/drop-absent.ts';
import type { SessionCursor, SessionRow } from '../../shared/ports/session-index.ts';
import { type CursorScope, decodeCursor, encodeCursor, type Keys } from '../http/cursor.ts';
import { DEFAULT_LIMIT, pageCursor, pageLimit } from '../http/fields.ts';
import { instantText } from '../http/instant.ts';
import { endpoint } from '../http/json-endpoint.ts';

const SessionsRequest = z.strictObject({
  userId: identifier,
  limit: pageLimit,
  cursor: pageCursor,
});

/** A user's sessions, the most recent first. */
export const sessions = endpoint({
  method: 'GET',
  path: '/sessions',
  access: 'user-in-query',
  query: SessionsRequest,
  run: async ({ memory, cursorKeys }, { query: { userId, limit = DEFAULT_LIMIT, cursor } }) => {
    const scope = ['sessions', userId] as const;
    const after = cursor === undefined ? undefined : await readCursor(cursorKeys, scope, cursor);
    const page = await memory.listSessions(userId, dropAbsent({ limit, after }));
    const next = page.next && [page.next.lastItemAtMs, page.next.sessionId];
    const end = next
      ? { hasMore: true, nextCursor: await encodeCursor(cursorKeys, scope, next) }
      : { hasMore: false };
    return { status: 200, json: { sessions: page.sessions.map(sessionJson), ...end } };
  },
});

const sessionJson = ({ sessionId, itemCount, lastItemAtMs, tiers }: SessionRow) => ({
  sessionId,
  itemCount,
  lastItemAt: instantText(lastItemAtMs),
  tiers: { hot: tiers.hot.items, warm: tiers.warm.items, cold: tiers.cold.items },
});

async function readCursor(keys: Keys, scope: CursorScope, cursor: string): Promise<SessionCursor> {
  const [lastItemAtMs, sessionId] = await decodeCursor(keys, scope, cursor);
  if (typeof lastItemAtMs !== 'number' || typeof sessionId !== 'string')
    throw invalid([{ path: 'cursor', message: 'is not a cursor' }]);
  return { lastItemAtMs, sessionId };
}
