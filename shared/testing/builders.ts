import { withAnchors } from '../domain/anchors.ts';
import type { DueItem, ReplayRecord, SessionChange } from '../domain/change.ts';
import type { SessionHead, SummaryRecord } from '../domain/head.ts';
import { entryOf } from '../domain/head-window.ts';
import { type SessionRef, sessionKeyOf, summaryIdOf } from '../domain/ids.ts';
import { CONTENT_TYPES, NO_ACCESSES, type StoredItem } from '../domain/item.ts';
import type { Segment } from '../domain/segment.ts';
import { encodeSegment } from '../domain/segment-codec.ts';
import { countItems, countSegment, NO_ITEMS } from '../domain/tier-counts.ts';
import { MINUTE_MS } from '../kernel/clock.ts';

/** When the tests' conversations begin: 2026-01-01T00:00:00Z. */
export const START_MS = Date.UTC(2026, 0, 1);

export const aSession = (sessionId = 's1', userId = 'u1'): SessionRef => ({ userId, sessionId });

/** A hot user message; item `seq` was said `seq` minutes after `START_MS`. */
export const anItem = (seq: number, fields: Partial<StoredItem> = {}): StoredItem => ({
  seq,
  content: `Message ${seq}`,
  contentType: CONTENT_TYPES.user,
  createdAtMs: START_MS + seq * MINUTE_MS,
  pinned: false,
  tokens: 3,
  tier: 'hot',
  accesses: NO_ACCESSES,
  ...fields,
});

/** Items `fromSeq`…`toSeq`. */
export const someItems = (
  fromSeq: number,
  toSeq: number,
  fields: Partial<StoredItem> = {},
): StoredItem[] =>
  Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => anItem(fromSeq + index, fields));

/** A segment of these items, not compressed. */
export const aSegment = (items: readonly StoredItem[]): Segment => encodeSegment(items, false);

export const aDueItem = (item: StoredItem, dueAtMs?: number): DueItem => ({ item, dueAtMs });

/** The `ordinal`-th summary of a session. */
export const aSummary = (
  session: SessionRef,
  ordinal: number,
  fields: Partial<SummaryRecord> = {},
): SummaryRecord => ({
  id: summaryIdOf(sessionKeyOf(session), ordinal),
  text: `Summary ${ordinal}`,
  fromSeq: 1,
  toSeq: 10 * ordinal,
  tokens: 3,
  model: 'extractive',
  isFallback: false,
  createdAtMs: START_MS + ordinal * MINUTE_MS,
  facts: [],
  ...fields,
});

export const aReplay = (key: string, fields: Partial<ReplayRecord> = {}): ReplayRecord => ({
  key,
  hash: 'ab'.repeat(32),
  seq: 1,
  createdAtMs: START_MS,
  tokens: 3,
  expiresAtMs: START_MS + MINUTE_MS,
  ...fields,
});

/** The first head of a session without items. */
export const aHead = (session: SessionRef, fields: Partial<SessionHead> = {}): SessionHead => ({
  userId: session.userId,
  sessionId: session.sessionId,
  sessionKey: sessionKeyOf(session),
  version: 1,
  lastSeq: 0,
  createdAtMs: START_MS,
  lastItemAtMs: START_MS,
  tiers: NO_ITEMS,
  tokens: 0,
  window: [],
  anchors: [],
  facts: [],
  summaryCount: 0,
  uncoveredTokens: 0,
  deletions: 0,
  ...fields,
});

/** What a change does beside replacing the head. */
export type Effects = Omit<SessionChange, 'sessionKey' | 'expectedVersion' | 'head'>;

/** A change from one head to the next; `before` is `undefined` for a session's first. */
export const aChange = (
  before: SessionHead | undefined,
  head: SessionHead,
  effects: Effects = {},
): SessionChange => ({
  sessionKey: head.sessionKey,
  expectedVersion: before?.version,
  head,
  ...effects,
});

/** The head as it is, one version on. */
export const nextHead = (head: SessionHead, fields: Partial<SessionHead> = {}): SessionHead => ({
  ...head,
  version: head.version + 1,
  ...fields,
});

/** Appends items to the head of a session, or begins the session with them. */
export function anAppend(
  before: SessionHead | SessionRef,
  items: readonly StoredItem[],
  effects: Effects = {},
): SessionChange {
  const known = 'version' in before ? before : undefined;
  const base = known ?? aHead(before, { version: 0 });
  const last = items.at(-1);
  const head = nextHead(base, {
    lastSeq: last?.seq ?? base.lastSeq,
    lastItemAtMs: last?.createdAtMs ?? base.lastItemAtMs,
    tiers: countItems(base.tiers, items, 1),
    tokens: items.reduce((sum, item) => sum + item.tokens, base.tokens),
    window: [...base.window, ...items.map(entryOf)],
    anchors: withAnchors(base.anchors, items),
  });
  return aChange(known, head, { putItems: items.map((item) => aDueItem(item)), ...effects });
}

/** Packs hot or warm items of a session into one segment. */
export function aMigration(before: SessionHead, items: readonly StoredItem[]): SessionChange {
  const segment = aSegment(items);
  const tiers = countSegment(countItems(before.tiers, items, -1), segment, 1);
  return aChange(before, nextHead(before, { tiers }), {
    deleteItems: items.map(({ seq }) => seq),
    putSegments: [segment],
  });
}

/** Brings the items of a segment back, warm. */
export function anUnpacking(
  before: SessionHead,
  segment: Segment,
  items: readonly StoredItem[],
): SessionChange {
  const warm = items.map((item): StoredItem => ({ ...item, tier: 'warm' }));
  const tiers = countItems(countSegment(before.tiers, segment, -1), warm, 1);
  return aChange(before, nextHead(before, { tiers }), {
    deleteSegments: [segment.firstSeq],
    putItems: warm.map((item) => aDueItem(item)),
  });
}
