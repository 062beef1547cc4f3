import type { SessionHead } from '../domain/head.ts';
import type { StoredItem } from '../domain/item.ts';
import { utf8Bytes } from '../kernel/json.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { readTogether, sliceItems } from './timeline.ts';

/** What one answer takes: Cloud Run sends 32 MiB (https://cloud.google.com/run/quotas, 2026-11). */
const PAGE_MAX_BYTES = 24 * 1_048_576;

export interface LogPart {
  readonly fromSeq: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** The last seq that belongs to it; default: the end of the log. */
  readonly toSeq?: number;
  /** What the same answer has already. */
  readonly before?: readonly StoredItem[];
}

export interface LogPage {
  readonly items: readonly StoredItem[];
  /** Where the next page begins; absent: there is none. */
  readonly nextSeq?: number;
}

/** Live items in order: as many as asked for, fewer where they are more than one answer takes. */
export async function readPage(
  store: SessionStore,
  head: SessionHead,
  { fromSeq, order, limit, toSeq = Number.POSITIVE_INFINITY, before = [] }: LogPart,
): Promise<LogPage> {
  const items: StoredItem[] = [];
  let bytes = bytesOf(before);
  for (let seq = fromSeq; ; ) {
    // One more than is needed tells whether there is another page.
    const length = Math.min(limit - items.length, readTogether(head)) + 1;
    const log = { fromSeq: seq, order, limit: length };
    const found = sliceItems(await store.readLog(head.sessionKey, log), log);
    for (const item of found) {
      if (item.seq > toSeq) return { items };
      bytes += utf8Bytes(item.content);
      const isFull = bytes > PAGE_MAX_BYTES && items.length + before.length > 0;
      if (items.length === limit || isFull) return { items, nextSeq: item.seq };
      items.push(item);
    }
    const last = found.at(-1);
    if (!last || found.length < length) return { items };
    seq = order === 'asc' ? last.seq + 1 : last.seq - 1;
  }
}

const bytesOf = (items: readonly StoredItem[]): number =>
  items.reduce((sum, { content }) => sum + utf8Bytes(content), 0);
