import { type Group, groupItems, MAX_ANSWER_SEQS } from '../domain/group.ts';
import {
  coveredToSeq,
  type HeadEntry,
  itemCountOf,
  type SessionHead,
  windowFromSeq,
} from '../domain/head.ts';
import { CONTENT_TYPES, NO_ACCESSES, type StoredItem } from '../domain/item.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { readItems, readTogether, sliceItems } from './timeline.ts';

export interface LogSource {
  readonly store: SessionStore;
  /** Nothing that was appended after it is taken in. */
  readonly head: SessionHead;
  /** What all items together may cost: what has no place anyhow is not read, or looked at. */
  readonly budget: number;
  /** What an item costs at least, beside its tokens. */
  readonly overheadTokens: number;
}

/** What is known of a session: everything from `fromSeq` on, and the anchors before it. */
export interface RecentLog {
  readonly fromSeq: number;
  /** Every live item from `fromSeq` on, in seq order. */
  readonly items: readonly StoredItem[];
  /** Whole groups with an anchor that start before `fromSeq`, in order of first seq. */
  readonly anchors: readonly Group<StoredItem>[];
}

/** How much is read first around a call: its results nearly always stand right behind it. */
const NEAR_ITEMS = 20;
/** A call with all that may stand before its last result. */
const FAR_ITEMS = MAX_ANSWER_SEQS + 1;

/**
 * The newest uncovered items of the head's window, as many as may find a place, and the anchors
 * before them; `undefined` where something of it has to be read.
 */
export function headLog(source: LogSource): RecentLog | undefined {
  const { fromSeq, before, entries } = newestEntries(source);
  const anchors: Group<StoredItem>[] = [];
  for (const entry of before) {
    const item = knownOf(entry, source);
    if (!item || isToolEvent(item)) return undefined;
    anchors.push({ items: [item], unanswered: [] });
  }
  const items: StoredItem[] = [];
  for (const entry of entries) {
    const item = knownOf(entry, source);
    if (!item) return undefined;
    items.push(item);
  }
  return { fromSeq, items, anchors };
}

/** The same, with what the head holds by reference, and the groups of pinned calls and results. */
export async function openLog(source: LogSource): Promise<RecentLog> {
  const { fromSeq, before, entries } = newestEntries(source);
  const items = await resolve(source, [...before, ...entries]);
  const pinned = items.filter(({ seq }) => seq < fromSeq);
  return {
    fromSeq,
    items: items.slice(pinned.length),
    anchors: await anchorGroups(source, pinned),
  };
}

/** Back to the first entry that exceeds the budget with those behind it, and from no result on. */
function newestEntries({ head, budget, overheadTokens }: LogSource) {
  const { window } = head;
  const endSeq = Math.max(windowFromSeq(head), coveredToSeq(head) + 1);
  let left = budget;
  let from = window.length;
  while (from > 0) {
    const entry = window[from - 1];
    if (!entry || entry.seq < endSeq || (left < 0 && !isResult(window[from]))) break;
    left -= entry.tokens + overheadTokens;
    from--;
  }
  const isAll = from === 0 || (window[from - 1]?.seq ?? 0) < endSeq;
  const fromSeq = isAll ? endSeq : (window[from]?.seq ?? endSeq);
  const before = head.anchors.filter(({ seq }) => seq < fromSeq);
  return { fromSeq, before, entries: window.slice(from) };
}

const isResult = (entry: HeadEntry | undefined): boolean =>
  (entry?.item ?? entry?.outline)?.contentType === CONTENT_TYPES.toolResult;

/** The log with more of its past: the rest of the window, or up to `limit` items from the store. */
export async function extendLog(
  source: LogSource,
  log: RecentLog,
  limit: number,
): Promise<RecentLog> {
  const { store, head } = source;
  const rest = head.window.filter(({ seq }) => seq < log.fromSeq);
  if (rest.length > 0) return startingAt(windowFromSeq(head), await resolve(source, rest), log);
  const length = Math.min(limit, readTogether(head));
  const query = { fromSeq: log.fromSeq - 1, order: 'desc', limit: length } as const;
  const older = sliceItems(await store.readLog(head.sessionKey, query), query).reverse();
  return startingAt(older.length < length ? 1 : (older[0]?.seq ?? 1), older, log);
}

/** Nothing is live beside what the log holds. */
export function isWhole({ fromSeq, items, anchors }: RecentLog, head: SessionHead): boolean {
  const before = anchors.flatMap((group) => group.items).filter(({ seq }) => seq < fromSeq);
  return fromSeq <= 1 || items.length + before.length >= itemCountOf(head);
}

const startingAt = (
  fromSeq: number,
  older: readonly StoredItem[],
  { items, anchors }: RecentLog,
): RecentLog => ({
  fromSeq,
  items: [...older, ...items],
  anchors: anchors.filter((group) => firstSeqOf(group) < fromSeq),
});

/** The items of these entries; one that was deleted meanwhile is missing. */
async function resolve(
  source: LogSource,
  entries: readonly HeadEntry[],
): Promise<readonly StoredItem[]> {
  const { store, head } = source;
  const known = entries.map((entry) => knownOf(entry, source));
  const missing = entries.filter((_, index) => !known[index]).map(({ seq }) => seq);
  const read = await readItems(store, head.sessionKey, missing);
  const bySeq = new Map(read.map((item) => [item.seq, item]));
  return entries.flatMap(({ seq }, index) => known[index] ?? bySeq.get(seq) ?? []);
}

/**
 * The item, where the head tells enough of it. Of one that is too long stands here what the head
 * tells: nothing that is chosen can contain it. Not so of a pin: what its context would cost is told
 * to the caller.
 */
function knownOf(
  { seq, tokens, item, outline }: HeadEntry,
  { head, budget, overheadTokens }: LogSource,
): StoredItem | undefined {
  if (item || !outline || tokens + overheadTokens <= budget) return item;
  if (head.anchors.some((anchor) => anchor.seq === seq && anchor.isPinned)) return undefined;
  const unknown = { content: '', createdAtMs: 0, tier: 'hot', accesses: NO_ACCESSES } as const;
  return { ...unknown, ...outline, seq, tokens, pinned: false };
}

/** Anchors with all of their groups, each group once. */
async function anchorGroups(
  source: LogSource,
  items: readonly StoredItem[],
): Promise<readonly Group<StoredItem>[]> {
  const groups = new Map<number, Group<StoredItem>>();
  for (const item of items) {
    const group = isToolEvent(item)
      ? await groupAround(source, item)
      : { items: [item], unanswered: [] };
    if (group) groups.set(firstSeqOf(group), group);
  }
  return [...groups.values()].sort((a, b) => firstSeqOf(a) - firstSeqOf(b));
}

const isToolEvent = ({ contentType }: StoredItem): boolean =>
  contentType === CONTENT_TYPES.toolCall || contentType === CONTENT_TYPES.toolResult;

/** The group of a call or result, from what stands around it; `undefined` for an orphan. */
async function groupAround(
  source: LogSource,
  item: StoredItem,
): Promise<Group<StoredItem> | undefined> {
  const isResult = item.contentType === CONTENT_TYPES.toolResult;
  const call = isResult ? (await groupBefore(source, item.seq))?.items[0] : item;
  return call && groupAfter(source, call.seq);
}

async function groupBefore({ store, head }: LogSource, resultSeq: number) {
  for (const limit of [NEAR_ITEMS, FAR_ITEMS]) {
    const query = { fromSeq: resultSeq, order: 'desc', limit } as const;
    const items = sliceItems(await store.readLog(head.sessionKey, query), query).reverse();
    const group = groupItems(items).groups.find((one) => lastSeqOf(one) === resultSeq);
    if (group || items.length < limit) return group;
  }
  return undefined;
}

async function groupAfter({ store, head }: LogSource, callSeq: number) {
  let group: Group<StoredItem> | undefined;
  for (const limit of [NEAR_ITEMS, FAR_ITEMS]) {
    const query = { fromSeq: callSeq, order: 'asc', limit } as const;
    const items = sliceItems(await store.readLog(head.sessionKey, query), query);
    const known = items.filter(({ seq }) => seq <= head.lastSeq);
    group = groupItems(known).groups.find((one) => firstSeqOf(one) === callSeq);
    if (group?.unanswered.length === 0 || items.length < limit) break;
  }
  return group;
}

const firstSeqOf = ({ items }: Group): number => items[0]?.seq ?? 0;
const lastSeqOf = ({ items }: Group): number => items.at(-1)?.seq ?? 0;
