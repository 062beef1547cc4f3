import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { withAnchors } from './anchors.ts';
import type { AppendGuard, DueItem, ReplayRecord, SessionChange } from './change.ts';
import { coveredToSeq, itemCountOf, nextVersion, type SessionHead } from './head.ts';
import { entryOf, fitWindow } from './head-window.ts';
import { type SessionRef, sessionKeyOf } from './ids.ts';
import { isAnchor, type StoredItem } from './item.ts';
import { expiryDueAtMs, type RetentionPolicy } from './retention.ts';
import { countItems, NO_ITEMS } from './tier-counts.ts';
import { leavesTierAtMs, type TierPolicy } from './tier-policy.ts';
import { percentOf, spendable } from './token-correction.ts';

/** An unanswered request for a summary is repeated after this. */
export const SUMMARY_RETRY_MS = 10 * MINUTE_MS;

export interface AppendLimits extends TierPolicy, RetentionPolicy {
  readonly windowMaxItems: number;
  readonly summarizationThreshold: number;
  readonly maxContextTokens: number;
}

export interface AppendPlan {
  readonly head: SessionHead | undefined;
  readonly session: SessionRef;
  /** In the order sent; their seqs follow the head's last one. */
  readonly items: readonly StoredItem[];
  readonly replays: readonly ReplayRecord[];
  readonly guard: AppendGuard;
  /** How long the session's items are kept from now on, in days; absent: as before. */
  readonly retentionDays?: number | undefined;
  readonly nowMs: number;
  readonly limits: AppendLimits;
}

export interface AppendDecision {
  readonly change: SessionChange;
  /** More than a context holds is without a summary, and none has been asked for. */
  readonly wantsSummary: boolean;
}

/** Decides an append: items and head in one change. */
export function decideAppend(plan: AppendPlan): AppendDecision {
  const { head, session, items, limits, nowMs } = plan;
  const before = head ?? emptyHead(session, nowMs);
  const due = items.map(
    (item): DueItem => ({
      item,
      dueAtMs: leavesTierAtMs(item, item.tier, limits),
    }),
  );
  const grown = grow(before, items, plan);
  const wantsSummary = needsSummary(grown, limits) && !isSummaryAsked(before, nowMs);
  const dates = [expiryDueAtMs(grown, limits), ...due.map((one) => one.dueAtMs)];
  const dueAtMs = earliest([
    before.dueAtMs,
    ...dates.map((atMs) => coarseDue(atMs, nowMs, limits)),
  ]);
  const after: SessionHead = {
    ...grown,
    version: nextVersion(head?.version, nowMs),
    ...(dueAtMs === undefined ? {} : { dueAtMs }),
    ...(wantsSummary ? { summaryDueAtMs: nowMs + SUMMARY_RETRY_MS } : {}),
  };
  const change: SessionChange = {
    sessionKey: before.sessionKey,
    expectedVersion: head?.version,
    head: after,
    putItems: due,
    replays: plan.replays,
    guard: plan.guard,
  };
  return { change, wantsSummary };
}

/** Items without a summary: more than the threshold, or more tokens than a context has. */
export const needsSummary = (
  head: Pick<SessionHead, 'lastSeq' | 'summary' | 'uncoveredTokens' | 'correction'>,
  limits: Pick<AppendLimits, 'summarizationThreshold' | 'maxContextTokens'>,
): boolean =>
  head.lastSeq - coveredToSeq(head) > limits.summarizationThreshold ||
  head.uncoveredTokens > spendable(limits.maxContextTokens, percentOf(head));

/** Of the shortest age of a tier, so that nobody notices how much later it is. */
const LATE_SHARE = 1e-3;

/**
 * Due dates in the index are whole minutes, or less where tiers are that short, so that they rarely
 * change; what is due already stays so, a test of "now" must find it.
 *
 * @param policy what makes it due; absent: anything else.
 */
export function coarseDue(
  dueAtMs: number | undefined,
  nowMs: number,
  policy?: TierPolicy,
): number | undefined {
  if (dueAtMs === undefined || dueAtMs <= nowMs) return dueAtMs;
  const stepMs = policy ? stepOf(policy) : MINUTE_MS;
  return Math.ceil(dueAtMs / stepMs) * stepMs;
}

function stepOf({ hotTierMaxAgeDays, warmTierMaxAgeDays }: TierPolicy): number {
  const lateMs = Math.floor(Math.min(hotTierMaxAgeDays, warmTierMaxAgeDays) * DAY_MS * LATE_SHARE);
  return Math.min(MINUTE_MS, Math.max(1, lateMs));
}

export function earliest(instants: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const atMs of instants) {
    if (atMs !== undefined && (first === undefined || atMs < first)) first = atMs;
  }
  return first;
}

function grow(before: SessionHead, items: readonly StoredItem[], plan: AppendPlan): SessionHead {
  const { limits, nowMs, retentionDays } = plan;
  const last = items.at(-1);
  const firstItemAtMs = itemCountOf(before) === 0 ? items[0]?.createdAtMs : before.firstItemAtMs;
  const tokensOf = (some: readonly StoredItem[]) =>
    some.reduce((sum, item) => sum + item.tokens, 0);
  return {
    ...before,
    ...dropAbsent({ firstItemAtMs, retentionDays }),
    lastSeq: last?.seq ?? before.lastSeq,
    lastItemAtMs: last?.createdAtMs ?? nowMs,
    tiers: countItems(before.tiers, items, 1),
    tokens: before.tokens + tokensOf(items),
    uncoveredTokens: before.uncoveredTokens + tokensOf(items.filter((item) => !isAnchor(item))),
    window: fitWindow([...before.window, ...items.map(entryOf)], limits.windowMaxItems),
    anchors: withAnchors(before.anchors, items),
  };
}

/** Whether a request for a summary is on its way. A later attempt to replace one is no request. */
export const isSummaryAsked = (
  { summaryDueAtMs, replacement }: Pick<SessionHead, 'summaryDueAtMs' | 'replacement'>,
  nowMs: number,
): boolean =>
  summaryDueAtMs !== undefined && summaryDueAtMs > nowMs && summaryDueAtMs !== replacement?.dueAtMs;

/** When a summary was asked for last; `undefined` where that is answered, or nobody asked. */
export const summaryAskedAtMs = ({
  summaryDueAtMs,
  replacement,
}: Pick<SessionHead, 'summaryDueAtMs' | 'replacement'>): number | undefined =>
  summaryDueAtMs === undefined || summaryDueAtMs === replacement?.dueAtMs
    ? undefined
    : summaryDueAtMs - SUMMARY_RETRY_MS;

const emptyHead = (session: SessionRef, nowMs: number): SessionHead => ({
  userId: session.userId,
  sessionId: session.sessionId,
  sessionKey: sessionKeyOf(session),
  version: 0,
  lastSeq: 0,
  createdAtMs: nowMs,
  lastItemAtMs: nowMs,
  tiers: NO_ITEMS,
  tokens: 0,
  window: [],
  anchors: [],
  facts: [],
  summaryCount: 0,
  uncoveredTokens: 0,
  deletions: 0,
});
