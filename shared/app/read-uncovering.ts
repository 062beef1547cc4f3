import type { SessionHead } from '../domain/head.ts';
import type { StoredItem } from '../domain/item.ts';
import type { Uncovering } from '../domain/uncover.ts';
import type { SessionStore } from '../ports/session-store.ts';

/** The summaries that stand for an item, and the one before it. */
export async function readUncovering(
  store: SessionStore,
  {
    head: { sessionKey },
    item: { seq },
  }: { readonly head: SessionHead; readonly item: StoredItem },
): Promise<Uncovering> {
  const covering = await store.readSummaries(sessionKey, { coveringSeq: seq });
  const [fallback] = await store.readSummaries(sessionKey, { endingBefore: seq });
  return { covering, fallback };
}
