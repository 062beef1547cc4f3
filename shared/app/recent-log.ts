import { CALL_LOOKBACK_SEQS } from '../domain/context/select-context.ts';
import { MESSAGE_OVERHEAD_TOKENS } from '../domain/formats/tokens.ts';
import { type Group, groupItems } from '../domain/group.ts';
import {
  coveredToSeq,
  type HeadEntry,
  itemCountOf,
  type SessionHead,
  windowFromSeq,
} from '../domain/head.ts';
import { CONTENT_TYPES, type StoredItem } from '../domain/item.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { readItems, sliceItems } from './timeline.ts';

export interface LogSource {
  readonly store: SessionStore;
  /** Nothing that was appended after it is taken in. */
  readonly head: SessionHead;
}

/** What is known of a session: everything from `fromSeq` on, and the anchors before it. */
export interface RecentLog {
  readonly fromSeq: number;
  /** Every live item from `fromSeq` on, in seq order. */
  readonly items: readonly StoredItem[];
  /** Whole groups with an anchor that start before `fromSeq`, in order of first seq. */
  readonly anchors: readonly Group<StoredItem>[];
  /** Tokens of the item before `fromSeq`, where the head tells. */
  readonly olderTokens?: number;
}

/** How much is read first around a call: its results nearly always stand right behind it. */
const NEAR_ITEMS = 20;

/**
 * The uncovered items of the head's window, and the anchors before them. The store is read only for
 * what the head holds by reference, and for groups of pinned calls and results.
 *
 * @param maxTokens an item by reference that alone exceeds this is not read, nor what is older.
 */
export async function openLog(source: LogSource, maxTokens: number): Promise<RecentLog> {
  const { window, anchors, lastSeq } = source.head;
  const toSeq = coveredToSeq(source.head);
  const known = new Set(anchors.map(({ seq }) => seq));
  const tooLong = window.findLast(
    ({ seq, item, tokens }) =>
      !item && seq > toSeq && !known.has(seq) && tokens + MESSAGE_OVERHEAD_TOKENS > maxTokens,
  );
  const entries = window.filter(({ seq }) => seq > Math.max(toSeq, tooLong?.seq ?? 0));
  const reachesBack = !tooLong && windowFromSeq(source.head) <= toSeq + 1;
  const fromSeq = reachesBack ? toSeq + 1 : (entries[0]?.seq ?? lastSeq + 1);
  const items = await resolve(source, [...anchors.filter(({ seq }) => seq < fromSeq), ...entries]);
  const before = items.filter(({ seq }) => seq < fromSeq);
  const log = {
    fromSeq,
    items: items.slice(before.length),
    anchors: await anchorGroups(source, before),
  };
  return tooLong ? { ...log, olderTokens: tooLong.tokens } : log;
}

/** The log with more of its past: the rest of the window, or up to `limit` items from the store. */
export async function extendLog(
  source: LogSource,
  log: RecentLog,
  limit: number,
): Promise<RecentLog> {
  const { store, head } = source;
  const rest = head.window.filter(({ seq }) => seq < log.fromSeq);
  if (rest.length > 0) return startingAt(windowFromSeq(head), await resolve(source, rest), log);
  const query = { fromSeq: log.fromSeq - 1, order: 'desc', limit } as const;
  const older = sliceItems(await store.readLog(head.sessionKey, query), query).reverse();
  return startingAt(older.length < limit ? 1 : (older[0]?.seq ?? 1), older, log);
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
  { store, head }: LogSource,
  entries: readonly HeadEntry[],
): Promise<readonly StoredItem[]> {
  const references = entries.filter(({ item }) => !item).map(({ seq }) => seq);
  const read = references.length > 0 ? await readItems(store, head.sessionKey, references) : [];
  const bySeq = new Map(read.map((item) => [item.seq, item]));
  return entries.flatMap(({ seq, item }) => item ?? bySeq.get(seq) ?? []);
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
  for (const limit of [NEAR_ITEMS, CALL_LOOKBACK_SEQS]) {
    const query = { fromSeq: resultSeq, order: 'desc', limit } as const;
    const items = sliceItems(await store.readLog(head.sessionKey, query), query).reverse();
    const group = groupItems(items).groups.find((one) => lastSeqOf(one) === resultSeq);
    if (group || items.length < limit) return group;
  }
  return undefined;
}

async function groupAfter({ store, head }: LogSource, callSeq: number) {
  let group: Group<StoredItem> | undefined;
  for (const limit of [NEAR_ITEMS, CALL_LOOKBACK_SEQS]) {
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
