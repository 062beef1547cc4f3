import { isSummaryAsked, SUMMARY_RETRY_MS } from '../domain/append-change.ts';
import { nextVersion, type SessionHead } from '../domain/head.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { isReplacementDue } from '../domain/replacement.ts';
import { type FoldLimits, mayBeWorthFolding } from '../domain/summary-change.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Meter } from '../ports/meter.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { summarizeMessage } from './messages.ts';

export interface RequestSummaryDeps {
  readonly store: SessionStore;
  readonly bus: EventBus;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: FoldLimits;
}

/**
 * Asks for a summary unless one is on its way, or too little is uncovered to be worth one and none
 * of a stand-in's is to be replaced. The head remembers it, so that the sweep repeats a request that
 * got lost. Never fails its caller: a context is an answer without it.
 */
export async function requestSummary(
  { store, bus, meter, clock, log, options }: RequestSummaryDeps,
  head: SessionHead,
): Promise<void> {
  const nowMs = clock.now();
  if (isSummaryAsked(head, nowMs)) return;
  const isFoldable = head.nothingToFoldAtSeq !== head.lastSeq && mayBeWorthFolding(head, options);
  if (!isFoldable && !isReplacementDue(head, nowMs)) return;
  const { sessionKey, version } = head;
  const asked = {
    ...head,
    version: nextVersion(version, nowMs),
    summaryDueAtMs: nowMs + SUMMARY_RETRY_MS,
  };
  try {
    await store.commit({ sessionKey, expectedVersion: version, head: asked });
    await bus.publish([summarizeMessage(head, sessionKey)]);
    meter.count(METRICS.summariesRequested);
  } catch (error) {
    log.info('A summary was not asked for', { sessionKey, error });
  }
}
