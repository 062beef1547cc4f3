import type { SessionCursor, SessionIndex } from '../ports/session-index.ts';
import type { SessionsPage } from './memory.ts';

/** A user's sessions, most recent first. */
export async function listSessions(
  index: SessionIndex,
  userId: string,
  { after, limit }: { readonly after?: SessionCursor; readonly limit: number },
): Promise<SessionsPage> {
  const page = { limit: limit + 1, ...(after ? { after } : {}) };
  const rows = await index.listSessions(userId, page);
  const sessions = rows.slice(0, limit);
  const last = sessions.at(-1);
  return rows.length > limit && last
    ? { sessions, next: { lastItemAtMs: last.lastItemAtMs, sessionId: last.sessionId } }
    : { sessions };
}
