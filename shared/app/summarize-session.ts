import { type AppendLimits, summaryAskedAtMs } from '../domain/append-change.ts';
import { mergeFacts } from '../domain/facts/merge-facts.ts';
import { groupItems, MAX_ANSWER_SEQS } from '../domain/group.ts';
import { nextVersion, type SessionHead } from '../domain/head.ts';
import { type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { NO_RELIEF, type Relief } from '../domain/metrics/relief.ts';
import { replacementDueAtMs } from '../domain/replacement.ts';
import {
  decideSummary,
  type Foldable,
  type FoldLimits,
  foldTo,
  isSameGround,
  isWorthFolding,
  refusalOf,
  type SummaryDecision,
  toFold,
} from '../domain/summary-change.ts';
import { inCountedTokens } from '../domain/token-correction.ts';
import { type Clock, HOUR_MS } from '../kernel/clock.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { SummaryDraft } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { factsOfItems } from './facts-of-items.ts';
import type { SummarizeOutcome } from './memory.ts';
import { eventMessage, summarizeMessage } from './messages.ts';
import { uncoveredPages } from './timeline.ts';
import {
  isLargeFold,
  MAX_FOLD_ITEMS,
  type WriteSummaryDeps,
  writeSummary,
} from './write-summary.ts';

export interface SummarizeDeps extends AnnounceDeps, WriteSummaryDeps {
  readonly store: SessionStore;
  readonly counter: TokenCounter;
  readonly clock: Clock;
  readonly options: FoldLimits & AppendLimits;
  /** Makes folds smaller while the process is under pressure. */
  readonly relief?: Relief;
}

/** An unanswered call that is older than this is folded like any other. */
const CALL_EXPIRES_MS = HOUR_MS;

/** What one summary is made of: everything from the last one up to `toSeq`. */
interface Fold {
  readonly items: readonly StoredItem[];
  readonly toSeq: number;
}

/**
 * Folds what no summary covers yet, but for the newest groups, into the summary. Deletes nothing;
 * committed only if the range is still the one that it was made from, so that redelivered and
 * concurrent requests make one summary.
 */
export async function summarizeSession(
  deps: SummarizeDeps,
  session: SessionRef,
  signal?: AbortSignal,
): Promise<SummarizeOutcome> {
  const key = sessionKeyOf(session);
  const base = await deps.store.loadHead(key);
  if (!base) return { status: 'nothing-to-do' };
  const fold = await nextFold(deps, base);
  if (!fold) {
    await closeRequest(deps, base);
    return { status: 'nothing-to-do' };
  }
  const anchors = base.anchors.flatMap(({ item }) => item ?? []);
  const { items } = fold;
  const draft = await writeSummary(deps, { base: base.summary, items, anchors, signal });
  const made = { text: draft.text, tokens: deps.counter.count(draft.text) };
  const reason = refusalOf(made, inputTokens(base, fold), deps.options.summaryMaxTokens);
  if (reason) {
    deps.meter.count(METRICS.summariesRefused);
    deps.log.warning('A summary was refused; the one before stays', { sessionKey: key, reason });
    return { status: 'refused', reason };
  }
  const decision = await commit(deps, base, fold, { ...draft, ...made });
  if (!decision) return { status: 'nothing-to-do' };
  await announce(deps, key, messagesOf(base, decision));
  return { status: 'committed', summary: decision.summary };
}

async function nextFold(deps: SummarizeDeps, head: SessionHead): Promise<Fold | undefined> {
  const maxItems = (deps.relief ?? NO_RELIEF).batchOf(MAX_FOLD_ITEMS);
  const items: StoredItem[] = [];
  for await (const page of uncoveredPages(deps.store, head)) {
    items.push(...page);
    if (items.length >= maxItems) break;
    const fold = isLargeFold(items) ? foldOf(deps, head, items, true) : undefined;
    if (fold) return fold;
  }
  return foldOf(deps, head, items, false);
}

/**
 * What can be folded of the oldest uncovered items.
 *
 * @param goesOn whether results of their calls may come behind them.
 */
function foldOf(
  { clock, options }: SummarizeDeps,
  head: SessionHead,
  items: readonly StoredItem[],
  goesOn: boolean,
): Fold | undefined {
  const { groups } = groupItems(items);
  const nowMs = clock.now();
  const reach = goesOn ? (items.at(-1)?.seq ?? 0) - MAX_ANSWER_SEQS : Number.POSITIVE_INFINITY;
  const isOpen = ({ items: [call], unanswered }: Foldable) =>
    unanswered.length > 0 &&
    ((call?.seq ?? 0) >= reach || nowMs - (call?.createdAtMs ?? 0) < CALL_EXPIRES_MS);
  const limits = inCountedTokens(options, head);
  const toSeq = foldTo(groups, limits, isOpen);
  if (toSeq === undefined) return undefined;
  const folded = toFold(items, toSeq);
  const tokens = folded.reduce((sum, item) => sum + item.tokens, 0);
  return isWorthFolding(folded.length, tokens, limits) ? { items: folded, toSeq } : undefined;
}

const inputTokens = ({ summary }: SessionHead, { items }: Fold): number =>
  (summary?.tokens ?? 0) + items.reduce((sum, { tokens }) => sum + tokens, 0);

/** `undefined` when another summary, or a deletion, was faster. */
async function commit(
  { store, counter, clock, meter, options }: SummarizeDeps,
  base: SessionHead,
  { items, toSeq }: Fold,
  draft: SummaryDraft & { readonly tokens: number },
): Promise<SummaryDecision | undefined> {
  const found = await factsOfItems(items);
  return retryAborted(async () => {
    const head = await store.loadHead(base.sessionKey);
    if (!head || !isSameGround(base, head)) return undefined;
    const facts = mergeFacts(base.facts, found, {
      maxTokens: options.factsMaxTokens,
      count: (text) => counter.count(text),
    });
    const foldedTokens = items.reduce((sum, { tokens }) => sum + tokens, 0);
    const decision = decideSummary(
      head,
      {
        ...draft,
        isFallback: draft.isFallback || (base.summary?.isFallback ?? false),
        isByModel: !draft.isFallback,
        toSeq,
        facts,
        foldedTokens,
      },
      { nowMs: clock.now(), limits: options },
    );
    await store.commit(decision.change);
    meter.count(METRICS.summariesCommitted, 1, { model: draft.model });
    if (draft.isFallback) meter.count(METRICS.summariesFallback);
    const askedAtMs = summaryAskedAtMs(head);
    if (askedAtMs !== undefined) meter.observe(METRICS.summaryLag, clock.now() - askedAtMs);
    return decision;
  });
}

/** Nothing to fold: the request for a summary is answered, and the sweep need not repeat it. */
async function closeRequest({ store, clock }: SummarizeDeps, base: SessionHead): Promise<void> {
  if (base.summaryDueAtMs === undefined) return;
  const { summaryDueAtMs: _, ...head } = base;
  const version = nextVersion(base.version, clock.now());
  const dueAtMs = replacementDueAtMs(base);
  const next = dueAtMs === undefined ? {} : { summaryDueAtMs: dueAtMs };
  const closed = { ...head, ...next, version, nothingToFoldAtSeq: base.lastSeq };
  // A commit that loses against a newer head needs no retry: that head has its own request.
  await store
    .commit({ sessionKey: base.sessionKey, expectedVersion: base.version, head: closed })
    .catch(() => undefined);
}

function messagesOf(
  { sessionKey, userId, sessionId }: SessionHead,
  { summary: { id, fromSeq, toSeq, model }, wantsMore }: SummaryDecision,
): BusMessage[] {
  const session = { userId, sessionId };
  const range = { summaryId: id, fromSeq, toSeq, model };
  const event = eventMessage(sessionKey, { type: 'session.summarized', ...session, ...range });
  return wantsMore ? [event, summarizeMessage(session, sessionKey)] : [event];
}
