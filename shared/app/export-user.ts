import type { SessionHead } from '../domain/head.ts';
import { itemIdOf, sessionKeyOf } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { SessionCursor, SessionIndex } from '../ports/session-index.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { pagesOf } from './timeline.ts';

export interface ExportDeps {
  readonly store: SessionStore;
  readonly index: SessionIndex;
}

const PAGE_SESSIONS = 100;

/**
 * Everything of one user: per session a `session` line, its `item` lines in order, and its
 * `summary` lines. Streams in bounded memory; an export is no access.
 */
export async function* exportUser(
  { store, index }: ExportDeps,
  userId: string,
): AsyncGenerator<JsonObject> {
  let after: SessionCursor | undefined;
  for (;;) {
    const rows = await index.listSessions(userId, {
      limit: PAGE_SESSIONS,
      ...(after ? { after } : {}),
    });
    for (const row of rows) yield* exportSession(store, await store.loadHead(sessionKeyOf(row)));
    after = rows.at(-1);
    if (rows.length < PAGE_SESSIONS) return;
  }
}

async function* exportSession(
  store: SessionStore,
  head: SessionHead | undefined,
): AsyncGenerator<JsonObject> {
  if (!head) return;
  const { sessionKey, userId, sessionId, lastSeq } = head;
  yield { type: 'session', userId, sessionId, createdAt: iso(head.createdAtMs), lastSeq };
  for await (const page of pagesOf(store, head, { fromSeq: 1, toSeq: lastSeq })) {
    for (const item of page) yield itemLine(head, item);
  }
  const summaries = await store.readSummaries(sessionKey, { coveringSeq: 1 });
  for (const { createdAtMs, facts, ...summary } of summaries) {
    yield {
      type: 'summary',
      sessionId,
      ...summary,
      facts: facts.map(({ seq, kind, text }) => ({ seq, kind, text })),
      createdAt: iso(createdAtMs),
    };
  }
}

function itemLine({ sessionKey, sessionId }: SessionHead, item: StoredItem): JsonObject {
  const { accesses: _, createdAtMs, toolCalls, source, ...rest } = item;
  const line = {
    type: 'item',
    id: itemIdOf(sessionKey, item.seq),
    sessionId,
    ...rest,
    createdAt: iso(createdAtMs),
    toolCalls: toolCalls?.map((call) => ({ ...call })),
    source: source && { ...source },
  };
  // An item is made of JSON values; the spread only loses that its optional fields are absent.
  return dropAbsent(line) as unknown as JsonObject;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
