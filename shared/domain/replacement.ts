import { type AppendLimits, needsSummary, SUMMARY_RETRY_MS } from './append-change.ts';
import type { SessionChange } from './change.ts';
import {
  type Fact,
  nextVersion,
  type Replacement,
  type SessionHead,
  type Summary,
} from './head.ts';
import { summaryIdOf } from './ids.ts';
import { learn, type PromptSample } from './token-correction.ts';

/** Tries at 10, 30, 70 … minutes, the last one after two days: then the stand-in's text stays. */
export const MAX_REPLACEMENT_ATTEMPTS = 8;

/** When the model may next try to replace the stand-in's summary; `undefined`: not again. */
export const replacementDueAtMs = ({
  summary,
  replacement,
}: Pick<SessionHead, 'summary' | 'replacement'>): number | undefined =>
  summary?.isFallback && replacement && replacement.attempts < MAX_REPLACEMENT_ATTEMPTS
    ? replacement.dueAtMs
    : undefined;

export function isReplacementDue(head: SessionHead, nowMs: number): boolean {
  const dueAtMs = replacementDueAtMs(head);
  return dueAtMs !== undefined && dueAtMs <= nowMs;
}

/** Each failed attempt doubles the time to the next one. */
export const replacementAfter = (attempts: number, nowMs: number): Replacement => ({
  attempts,
  dueAtMs: nowMs + SUMMARY_RETRY_MS * 2 ** attempts,
});

/** The same head with the next attempt later, or without one when the model refused for good. */
export function decidePostponement(
  { summaryDueAtMs: _, ...head }: SessionHead,
  isFinal: boolean,
  nowMs: number,
): SessionChange {
  const failed = (head.replacement?.attempts ?? 0) + 1;
  const replacement = replacementAfter(isFinal ? MAX_REPLACEMENT_ATTEMPTS : failed, nowMs);
  const dueAtMs = replacementDueAtMs({ ...head, replacement });
  return {
    sessionKey: head.sessionKey,
    expectedVersion: head.version,
    head: {
      ...head,
      version: nextVersion(head.version, nowMs),
      replacement,
      ...(dueAtMs === undefined ? {} : { summaryDueAtMs: dueAtMs }),
    },
  };
}

export interface Rewritten {
  readonly text: string;
  readonly tokens: number;
  readonly model: string;
  /** The end of the stand-in's range, or of a first part of it. */
  readonly toSeq: number;
  readonly facts: readonly Fact[];
  /** What the model counted, writing it. */
  readonly sample?: PromptSample | undefined;
}

/**
 * Decides what the model wrote in place of the stand-in. A first part of a long range goes into the
 * history alone, for the next run to build on; the head's summary stays until all of it is rewritten,
 * so that no item is uncovered meanwhile.
 */
export function decideReplacement(
  head: SessionHead & { readonly summary: Summary },
  { facts, sample, ...made }: Rewritten,
  { nowMs, limits }: { readonly nowMs: number; readonly limits: AppendLimits },
): { readonly change: SessionChange; readonly summary: Summary; readonly wantsMore: boolean } {
  const ordinal = head.summaryCount + 1;
  const id = summaryIdOf(head.sessionKey, ordinal);
  const { fromSeq } = head.summary;
  const summary: Summary = { ...made, id, fromSeq, isFallback: false, createdAtMs: nowMs };
  const isWhole = made.toSeq >= head.summary.toSeq;
  const { summaryDueAtMs: _, replacement: __, ...rest } = head;
  const correction = sample ? learn(head.correction, sample) : head.correction;
  const corrected = correction ? { correction } : {};
  const wantsMore = !isWhole || needsSummary({ ...head, ...corrected }, limits);
  return {
    summary,
    wantsMore,
    change: {
      sessionKey: head.sessionKey,
      expectedVersion: head.version,
      head: {
        ...rest,
        ...corrected,
        version: nextVersion(head.version, nowMs),
        summaryCount: ordinal,
        ...(isWhole ? { summary } : { replacement: { attempts: 0, dueAtMs: nowMs } }),
        ...(wantsMore ? { summaryDueAtMs: nowMs + SUMMARY_RETRY_MS } : {}),
      },
      putSummary: { ...summary, facts },
    },
  };
}
