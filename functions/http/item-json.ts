import type { AppendResult, ItemView } from '../../shared/app/memory.ts';
import { instantText } from './instant.ts';

/** An item as callers read it. Where it came from (`source`) shows in provider messages only. */
export function itemJson(item: ItemView) {
  return {
    id: item.id,
    seq: item.seq,
    userId: item.userId,
    sessionId: item.sessionId,
    content: item.content,
    contentType: item.contentType,
    createdAt: instantText(item.createdAtMs),
    tier: item.tier,
    tokens: item.tokens,
    accessCount: item.accessCount,
    pinned: item.pinned,
    metadata: item.metadata ?? {},
    ...(item.toolCalls && { toolCalls: item.toolCalls }),
    ...(item.toolCallId !== undefined && { toolCallId: item.toolCallId }),
  };
}

/** The answer to an append. */
export const appendJson = ({ items, session, isReplay }: AppendResult) => ({
  items: items.map(({ createdAtMs, id, seq, tier, tokens }) => ({
    id,
    seq,
    tier,
    createdAt: instantText(createdAtMs),
    tokens,
  })),
  session,
  ...(isReplay && { replayed: true }),
});
