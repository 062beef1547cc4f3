import {
  type AppendLimits,
  earliest,
  isSummaryAsked,
  needsSummary,
  SUMMARY_RETRY_MS,
} from './append-change.ts';
import type { SessionChange } from './change.ts';
import { nextVersion, type SessionHead, type SummaryRecord } from './head.ts';
import type { StoredItem } from './item.ts';
import { type MigrationPolicy, pack } from './migration.ts';
import { expiryDueAtMs } from './retention.ts';
import type { Segment } from './segment.ts';
import { decodeSegment } from './segment-codec.ts';
import { countItems, countSegment } from './tier-counts.ts';
import { uncover } from './uncover.ts';

export interface Expiry {
  readonly head: SessionHead;
  /** The session's oldest items, in seq order; none: only what is known of the first one changes. */
  readonly expired: readonly StoredItem[];
  /** The segments that hold some of them. */
  readonly segments: readonly Segment[];
  /** Every summary whose range includes one of them: its text may tell of it. */
  readonly covering: readonly SummaryRecord[];
  /** Of the first item that stays; `undefined`: there is none, or it is not known yet. */
  readonly firstItemAtMs: number | undefined;
  readonly nowMs: number;
  readonly policy: MigrationPolicy & AppendLimits;
}

export interface ExpiryDecision {
  readonly change: SessionChange;
  /** What is left needs a summary, and none has been asked for. */
  readonly wantsSummary: boolean;
}

/**
 * Decides the deletion of expired items, wherever they live, with every summary that tells of them.
 * Unlike a removal that somebody asked for it need not reach other instances before it is
 * acknowledged: whoever still has the head of before finds the same items expired by himself.
 */
export function decideExpiry(expiry: Expiry): ExpiryDecision {
  const { head, expired, segments, covering, nowMs, policy } = expiry;
  const gone = new Set(expired.map(({ seq }) => seq));
  const stays = ({ seq }: { readonly seq: number }) => !gone.has(seq);
  const rest = segments.flatMap((one) => pack(decodeSegment(one).filter(stays), policy));
  let tiers = countItems(head.tiers, expired, -1);
  for (const one of segments) tiers = countSegment(tiers, one, -1);
  for (const one of rest) tiers = countSegment(tiers, one, 1);
  const kept: SessionHead = {
    ...withoutSummary(expiry),
    version: nextVersion(head.version, nowMs),
    deletions: head.deletions + Math.sign(gone.size),
    tiers,
    window: head.window.filter(stays),
    anchors: head.anchors.filter(stays),
  };
  const dueAtMs = earliest([head.dueAtMs, expiryDueAtMs(kept, policy)]);
  const wantsSummary =
    covering.length > 0 && needsSummary(kept, policy) && !isSummaryAsked(kept, nowMs);
  return {
    wantsSummary,
    change: {
      sessionKey: head.sessionKey,
      expectedVersion: head.version,
      head: {
        ...kept,
        ...(dueAtMs === undefined ? {} : { dueAtMs }),
        ...(wantsSummary ? { summaryDueAtMs: nowMs + SUMMARY_RETRY_MS } : {}),
      },
      deleteItems: expired.filter(({ tier }) => tier !== 'cold').map(({ seq }) => seq),
      deleteSegments: segments.map(({ firstSeq }) => firstSeq),
      putSegments: rest,
      deleteSummaries: covering.map(({ id }) => id),
    },
  };
}

/** The head with its counts of tokens, and without a summary that tells of what is gone. */
function withoutSummary({ head, expired, covering, firstItemAtMs }: Expiry): SessionHead {
  const { firstItemAtMs: _, ...known } = head;
  const lost = expired.reduce((sum, { tokens }) => sum + tokens, 0);
  const expiredToSeq = expired.at(-1)?.seq ?? head.expiredToSeq;
  const rest = {
    ...known,
    tokens: head.tokens - lost,
    ...(expiredToSeq === undefined ? {} : { expiredToSeq }),
    ...(firstItemAtMs === undefined ? {} : { firstItemAtMs }),
  };
  if (covering.length === 0)
    return { ...rest, uncoveredTokens: Math.max(0, head.uncoveredTokens - lost) };
  // More than is true, with the anchors: the next summary counts again.
  return uncover(rest, { fallback: undefined }, rest.tokens);
}
