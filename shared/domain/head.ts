import type { SessionKey, SessionRef } from './ids.ts';
import type { StoredItem, Tier } from './item.ts';
import type { Corrected } from './token-correction.ts';

/** Live items of one tier. */
export interface TierCount {
  readonly items: number;
  /** Bytes as stored. */
  readonly bytes: number;
  /** Bytes before compression; equal to `bytes` where nothing is compressed. */
  readonly rawBytes: number;
}

export type TierCounts = Readonly<Record<Tier, TierCount>>;

/** What grouping needs to know of an item. */
export type Outline = Pick<StoredItem, 'contentType' | 'toolCallId'>;

/** One item in the head: inline, or by reference where it is too large to stand there. */
export interface HeadEntry {
  readonly seq: number;
  readonly tokens: number;
  /** Bytes that the item takes in the head. */
  readonly bytes: number;
  readonly item?: StoredItem;
  /**
   * Of an item by reference: with it, one that has no place need not be read. Absent for a call, whose
   * ids may be many.
   */
  readonly outline?: Outline;
}

/** A pinned or system item: it stands in front of every context. */
export interface Anchor extends HeadEntry {
  /** Pins must be in the context; system items are there as far as they fit. */
  readonly isPinned: boolean;
}

/** A short verbatim extract of an item that a summary covers. */
export interface Fact {
  readonly seq: number;
  readonly kind: FactKind;
  readonly text: string;
  /** How many items said it, where more than one did; `seq` is of the last. */
  readonly uses?: number;
  /** What it takes in the memory message, counted once, when it is kept. */
  readonly tokens?: number;
}

export const FACT_KINDS = [
  'number',
  'money',
  'date',
  'time',
  'id',
  'email',
  'url',
  'path',
  'command',
  'quote',
  'name',
  'decision',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** A committed summary. It stands for the items `fromSeq`…`toSeq`, which stay readable. */
export interface Summary {
  readonly id: string;
  readonly text: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly tokens: number;
  /** What wrote it: a model's name or the extractive algorithm's. */
  readonly model: string;
  /** Written by the stand-in because the model failed; to be replaced later. */
  readonly isFallback: boolean;
  readonly createdAtMs: number;
}

/** The summary with what it was made with: kept for good, so that an older one can take over. */
export interface SummaryRecord extends Summary {
  readonly facts: readonly Fact[];
}

/** The model's attempts to write a stand-in's summary again. */
export interface Replacement {
  /** Failed so far. */
  readonly attempts: number;
  /** Not before this instant, in Unix milliseconds. */
  readonly dueAtMs: number;
}

/**
 * One document per session: all that a context needs, and the version that guards every commit.
 */
export interface SessionHead extends SessionRef, Corrected {
  readonly sessionKey: SessionKey;
  /** Grows with every commit, also across a deletion and a new session of the same name. */
  readonly version: number;
  readonly lastSeq: number;
  readonly createdAtMs: number;
  /** How long the session's items are kept, in days; absent: as the default says. */
  readonly retentionDays?: number;
  /** Every seq up to here is gone, most of them because they expired; absent: none expired. */
  readonly expiredToSeq?: number;
  /** `createdAtMs` of the live item with the lowest seq; absent: there is none, or it is not known. */
  readonly firstItemAtMs?: number;
  /** `createdAtMs` of the item with the highest seq. */
  readonly lastItemAtMs: number;
  readonly tiers: TierCounts;
  /** Tokens of all live items. */
  readonly tokens: number;
  /** The newest live items in seq order; complete from the first entry's seq to `lastSeq`. */
  readonly window: readonly HeadEntry[];
  /** Pinned and system items in seq order, also those that stand in the window. */
  readonly anchors: readonly Anchor[];
  readonly summary?: Summary;
  readonly facts: readonly Fact[];
  /** How many summaries this session has had: numbers the next one. */
  readonly summaryCount: number;
  /** Tokens that no summary covers, anchors aside: past the budget, a summary is asked for. */
  readonly uncoveredTokens: number;
  /** Counts deletions: a summary begun before one must not be committed after it. */
  readonly deletions: number;
  /** When an item may have to change its tier. Absent: nothing will without an access. */
  readonly dueAtMs?: number;
  /** When an unanswered request for a summary is repeated. Absent: none is open. */
  readonly summaryDueAtMs?: number;
  /** `lastSeq` when the summariser last found nothing to fold: until it grows, asking is idle. */
  readonly nothingToFoldAtSeq?: number;
  /** Present while the summary is a stand-in's that the model has yet to replace. */
  readonly replacement?: Replacement;
}

/** Items in a head: all live ones of the session. */
export const itemCountOf = ({ tiers }: Pick<SessionHead, 'tiers'>): number =>
  tiers.hot.items + tiers.warm.items + tiers.cold.items;

/** The first seq that the window holds; everything from here to `lastSeq` is in it. */
export const windowFromSeq = (head: SessionHead): number => head.window[0]?.seq ?? head.lastSeq + 1;

/** The last seq that a summary stands for; 0 without one. */
export const coveredToSeq = (head: Pick<SessionHead, 'summary'>): number =>
  head.summary?.toSeq ?? 0;

/**
 * A version that never repeats for a session's name: it follows the clock, and the last version
 * where the clock lags (a hybrid logical clock, Kulkarni et al. 2014). Without it, a cached head of
 * a deleted session could outrank the head of its successor.
 */
export const nextVersion = (previous: number | undefined, nowMs: number): number =>
  Math.max((previous ?? 0) + 1, nowMs * 1_024);
