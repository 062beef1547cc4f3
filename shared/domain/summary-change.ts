import { type AppendLimits, needsSummary, SUMMARY_RETRY_MS } from './append-change.ts';
import type { SessionChange } from './change.ts';
import { coveredToSeq, type Fact, nextVersion, type SessionHead, type Summary } from './head.ts';
import { summaryIdOf } from './ids.ts';
import { isAnchor, type StoredItem } from './item.ts';
import { MEMORY_SHARE } from './memory-share.ts';
import { replacementAfter, replacementDueAtMs } from './replacement.ts';
import { type Corrected, inCountedTokens, learn, type PromptSample } from './token-correction.ts';

export interface FoldLimits {
  readonly summarizationThreshold: number;
  readonly maxContextItems: number;
  readonly maxContextTokens: number;
  readonly summaryMaxTokens: number;
  readonly factsMaxTokens: number;
}

/** Tokens that stay free of summary and facts, for the items that a summary leaves alone. */
export const keptTokens = (limits: FoldLimits): number =>
  Math.max(
    Math.floor(limits.maxContextTokens * (1 - MEMORY_SHARE)),
    limits.maxContextTokens - limits.summaryMaxTokens - limits.factsMaxTokens,
  );

/** What a group needs to be folded: its items together, in seq order. */
export interface Foldable {
  readonly items: readonly StoredItem[];
  /** Calls that have no result yet. */
  readonly unanswered: readonly unknown[];
}

/**
 * The last seq that a new summary may cover; `undefined` when there is nothing to fold. The newest
 * groups stay verbatim, as many as `maxContextItems` and their share of the budget allow, and a
 * group is folded whole or not at all: the range ends where no group crosses it.
 *
 * @param groups all groups that no summary covers, in order.
 * @param isOpen whether a group still waits for results that may come.
 */
export function foldTo(
  groups: readonly Foldable[],
  limits: FoldLimits,
  isOpen: (group: Foldable) => boolean,
): number | undefined {
  let items = 0;
  let tokens = 0;
  let end = groups.length;
  while (end > 0 && items < limits.maxContextItems) {
    const group = groups[end - 1]?.items ?? [];
    tokens += group.reduce((sum, item) => sum + item.tokens, 0);
    if (tokens > keptTokens(limits) && end < groups.length) break;
    items += group.length;
    end--;
  }
  const firstOpen = groups.findIndex(isOpen);
  if (firstOpen >= 0) end = Math.min(end, firstOpen);
  return lastWholeSeq(groups, end);
}

/** The seq before the first item of `groups[end…]`, lowered until no earlier group reaches past it. */
function lastWholeSeq(groups: readonly Foldable[], end: number): number | undefined {
  const firstKept = groups.slice(end).flatMap(({ items }) => items.map(({ seq }) => seq));
  let limit = firstKept.length > 0 ? Math.min(...firstKept) : Number.POSITIVE_INFINITY;
  for (const { items } of groups.slice(0, end).toReversed()) {
    const crosses = items.some(({ seq }) => seq >= limit);
    if (crosses) limit = Math.min(limit, items[0]?.seq ?? limit);
  }
  const folded = groups
    .slice(0, end)
    .flatMap(({ items }) => items.map(({ seq }) => seq))
    .filter((seq) => seq < limit);
  return folded.length > 0 ? Math.max(...folded) : undefined;
}

/** A fold below half of what `summarizationThreshold` folds is worth it only for its tokens: */
const MIN_FOLD_SHARE = 0.125;

/**
 * Whether so much can be folded that a model call is worth it: by default from 5 items on, or from
 * an eighth of a context.
 */
export function isWorthFolding(items: number, tokens: number, limits: FoldLimits): boolean {
  const usual = limits.summarizationThreshold - limits.maxContextItems;
  return (
    items >= Math.max(1, Math.floor(usual / 2)) ||
    tokens >= MIN_FOLD_SHARE * limits.maxContextTokens
  );
}

/** The same from a head alone, which knows its uncovered items only by their number and tokens. */
export function mayBeWorthFolding(
  head: Pick<SessionHead, 'lastSeq' | 'summary' | 'uncoveredTokens' | 'correction'>,
  given: FoldLimits,
): boolean {
  const limits = inCountedTokens(given, head);
  return isWorthFolding(
    head.lastSeq - coveredToSeq(head) - limits.maxContextItems,
    head.uncoveredTokens - keptTokens(limits),
    limits,
  );
}

/** Pins and system items always stand verbatim in a context, so no summary repeats them. */
export const toFold = (items: readonly StoredItem[], toSeq: number): StoredItem[] =>
  items.filter((item) => item.seq <= toSeq && !isAnchor(item));

/** Why a summary is not taken; `undefined` when it is. */
export function refusalOf(
  summary: { readonly text: string; readonly tokens: number },
  inputTokens: number,
  maxTokens: number,
): string | undefined {
  if (summary.text.trim() === '') return 'empty';
  if (summary.tokens > maxTokens) return 'over-limit';
  return summary.tokens >= inputTokens ? 'not-shrinking' : undefined;
}

export interface NewSummary {
  readonly text: string;
  readonly tokens: number;
  readonly toSeq: number;
  readonly model: string;
  /** A stand-in wrote it, or what it is built on. */
  readonly isFallback: boolean;
  /** The model wrote it: when it is built on a stand-in's, that one can be replaced now. */
  readonly isByModel: boolean;
  readonly facts: readonly Fact[];
  /** Tokens of the items that it folds. */
  readonly foldedTokens: number;
  /** What the model counted, writing it. */
  readonly sample?: PromptSample | undefined;
}

export interface SummaryDecision {
  readonly change: SessionChange;
  readonly summary: Summary;
  /** So much is still uncovered that the next summary has to be asked for. */
  readonly wantsMore: boolean;
}

/** Decides a new summary of everything up to `toSeq`. It deletes nothing. */
export function decideSummary(
  head: SessionHead,
  { facts, foldedTokens, isByModel, sample, ...made }: NewSummary,
  { nowMs, limits }: { readonly nowMs: number; readonly limits: AppendLimits },
): SummaryDecision {
  const ordinal = head.summaryCount + 1;
  const summary: Summary = {
    ...made,
    id: summaryIdOf(head.sessionKey, ordinal),
    fromSeq: head.summary?.fromSeq ?? 1,
    createdAtMs: nowMs,
  };
  const { summaryDueAtMs: _, replacement: before, correction: __, ...answered } = head;
  const corrected = correctionAfter(head, sample, isByModel);
  const uncoveredTokens = Math.max(0, head.uncoveredTokens - foldedTokens);
  const attempts = before?.attempts ?? 0;
  const replacement = isByModel ? { attempts, dueAtMs: nowMs } : replacementAfter(attempts, nowMs);
  const next = made.isFallback ? { summary, replacement } : { summary };
  const wantsMore =
    needsSummary({ lastSeq: head.lastSeq, summary, uncoveredTokens, ...corrected }, limits) ||
    (isByModel && replacementDueAtMs(next) !== undefined);
  const dueAtMs = wantsMore ? nowMs + SUMMARY_RETRY_MS : replacementDueAtMs(next);
  return {
    summary,
    wantsMore,
    change: {
      sessionKey: head.sessionKey,
      expectedVersion: head.version,
      head: {
        ...answered,
        version: nextVersion(head.version, nowMs),
        ...next,
        ...corrected,
        facts,
        summaryCount: ordinal,
        uncoveredTokens,
        ...(dueAtMs === undefined ? {} : { summaryDueAtMs: dueAtMs }),
      },
      putSummary: { ...summary, facts },
    },
  };
}

/**
 * A stand-in's summary tells nothing of the model and leaves what is known. One without a sample that is
 * no stand-in's ends it: the counter or the model is another one now.
 */
export function correctionAfter(
  { correction: before }: Corrected,
  sample: PromptSample | undefined,
  isByModel: boolean,
): Corrected {
  const correction = sample ? learn(before, sample) : isByModel ? undefined : before;
  return correction ? { correction } : {};
}

/**
 * Whether a summary made from `base` may be committed on `head`: same start, no other summary and
 * nothing deleted since.
 */
export const isSameGround = (base: SessionHead, head: SessionHead): boolean =>
  coveredToSeq(base) === coveredToSeq(head) &&
  base.summary?.id === head.summary?.id &&
  base.summaryCount === head.summaryCount &&
  base.deletions === head.deletions;
