import type { AppendLimits } from '../domain/append-change.ts';
import { mergeFacts } from '../domain/facts/merge-facts.ts';
import { groupItems } from '../domain/group.ts';
import type { SessionHead, Summary, SummaryRecord } from '../domain/head.ts';
import { type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import {
  decidePostponement,
  decideReplacement,
  isReplacementDue,
  type Rewritten,
} from '../domain/replacement.ts';
import {
  type Foldable,
  type FoldLimits,
  foldTo,
  isSameGround,
  refusalOf,
  toFold,
} from '../domain/summary-change.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { factsOfItems } from './facts-of-items.ts';
import type { SummarizeOutcome } from './memory.ts';
import { eventMessage, summarizeMessage } from './messages.ts';
import { pagesOf } from './timeline.ts';
import {
  isLargeFold,
  MAX_FOLD_ITEMS,
  type WriteSummaryDeps,
  writeSummary,
} from './write-summary.ts';

export interface ReplaceSummaryDeps extends AnnounceDeps, WriteSummaryDeps {
  readonly store: SessionStore;
  readonly counter: TokenCounter;
  readonly clock: Clock;
  readonly options: FoldLimits & AppendLimits;
}

type FallbackHead = SessionHead & { readonly summary: Summary };

/** What the model writes again: everything after its own last summary, from the originals. */
interface Step {
  readonly ground: SummaryRecord | undefined;
  readonly items: readonly StoredItem[];
  readonly toSeq: number;
}

/**
 * Lets the model replace a summary that the stand-in wrote, when that is due. Nothing is built on the
 * stand-in's text: the ground is the model's last summary, and the originals since.
 *
 * @returns `undefined` when nothing was replaced and a fold may go on: none is due, or the model
 *   still fails and the attempt is postponed.
 */
export async function replaceSummary(
  deps: ReplaceSummaryDeps,
  session: SessionRef,
  signal?: AbortSignal,
): Promise<SummarizeOutcome | undefined> {
  const { store, clock } = deps;
  const base = await store.loadHead(sessionKeyOf(session));
  if (!isFallbackHead(base) || !isReplacementDue(base, clock.now())) return undefined;
  const step = await nextStep(store, deps.options, base);
  const made = await rewrite(deps, base, step, signal);
  if (!made) return undefined;
  const decision = await commit(deps, base, made);
  if (!decision) return { status: 'nothing-to-do' };
  const { summary, wantsMore } = decision;
  const { id: summaryId, fromSeq, toSeq, model } = summary;
  const about = { ...refOf(base), summaryId, fromSeq, toSeq, model };
  const event = eventMessage(base.sessionKey, { type: 'session.summarized', ...about });
  const more = wantsMore ? [summarizeMessage(base, base.sessionKey)] : [];
  await announce(deps, base.sessionKey, [event, ...more]);
  return { status: 'committed', summary };
}

const isFallbackHead = (head: SessionHead | undefined): head is FallbackHead =>
  head?.summary?.isFallback === true;

const refOf = ({ userId, sessionId }: SessionRef): SessionRef => ({ userId, sessionId });

async function nextStep(
  store: SessionStore,
  options: FoldLimits,
  base: FallbackHead,
): Promise<Step> {
  const ground = await lastByModel(store, base);
  const { toSeq } = base.summary;
  const items: StoredItem[] = [];
  const range = { fromSeq: (ground?.toSeq ?? 0) + 1, toSeq };
  const isOpen = ({ unanswered }: Foldable) => unanswered.length > 0;
  // A part ends where no group crosses; a range of one endless group is rewritten at once.
  const partTo = () => foldTo(groupItems(items).groups, options, isOpen);
  for await (const page of pagesOf(store, base, range)) {
    items.push(...page);
    if (items.length >= MAX_FOLD_ITEMS) {
      const end = partTo() ?? items.at(-1)?.seq ?? toSeq;
      return { ground, items: toFold(items, end), toSeq: end };
    }
    const end = isLargeFold(items) && page.at(-1)?.seq !== toSeq ? partTo() : undefined;
    if (end !== undefined) return { ground, items: toFold(items, end), toSeq: end };
  }
  return { ground, items: toFold(items, toSeq), toSeq };
}

/** More of the stand-in's in a row than this, and the model begins from the start. */
const MAX_STEPS_BACK = 100;

/** The newest summary without a stand-in's words in it that ends before the one of the head. */
async function lastByModel(
  store: SessionStore,
  { sessionKey, summary }: FallbackHead,
): Promise<SummaryRecord | undefined> {
  let endingBefore = summary.toSeq;
  for (let step = 0; step < MAX_STEPS_BACK; step++) {
    const [record] = await store.readSummaries(sessionKey, { endingBefore });
    if (!record?.isFallback) return record;
    endingBefore = record.toSeq;
  }
  return undefined;
}

/** `undefined` when the model did not write, or nothing that can be taken: then it is postponed. */
async function rewrite(
  deps: ReplaceSummaryDeps,
  base: FallbackHead,
  { ground, items, toSeq }: Step,
  signal: AbortSignal | undefined,
): Promise<Rewritten | undefined> {
  const { counter, options, log } = deps;
  try {
    if (items.length === 0) throw new AppError('invalid-argument', 'Nothing is left to summarise');
    const fold = { base: ground, items, signal, withoutStandIn: true };
    const { text, model, isFallback, sample } = await writeSummary(deps, fold);
    if (isFallback) throw new AppError('unavailable', 'A stand-in wrote again');
    const made = { text, model, toSeq, tokens: counter.count(text) };
    const inputTokens = items.reduce((sum, item) => sum + item.tokens, ground?.tokens ?? 0);
    const reason = refusalOf(made, inputTokens, options.summaryMaxTokens);
    if (reason)
      throw new AppError('unavailable', 'The summary was refused', { details: { reason } });
    return { ...made, sample, facts: await factsOf(deps, base, { ground, items, toSeq }) };
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    const error = AppError.from(thrown);
    log.info("A stand-in's summary stays for now", { sessionKey: base.sessionKey, error });
    await postpone(deps, base, error);
    return undefined;
  }
}

/** Of the whole range: those of the head, which no model wrote. Of a part: its own. */
async function factsOf(
  { counter, options }: ReplaceSummaryDeps,
  base: FallbackHead,
  { ground, items, toSeq }: Step,
): Promise<SummaryRecord['facts']> {
  if (toSeq >= base.summary.toSeq) return base.facts;
  return mergeFacts(ground?.facts ?? [], await factsOfItems(items), {
    maxTokens: options.factsMaxTokens,
    count: (text) => counter.count(text),
  });
}

function postpone(
  { store, clock }: ReplaceSummaryDeps,
  base: FallbackHead,
  { code }: AppError,
): Promise<void> {
  return retryAborted(async () => {
    const head = await store.loadHead(base.sessionKey);
    if (!head || !isSameGround(base, head) || !isReplacementDue(head, clock.now())) return;
    await store.commit(decidePostponement(head, code === 'invalid-argument', clock.now()));
  });
}

/** `undefined` when another summary, or a deletion, was faster. */
function commit(
  { store, clock, meter, options }: ReplaceSummaryDeps,
  base: FallbackHead,
  made: Rewritten,
) {
  return retryAborted(async () => {
    const head = await store.loadHead(base.sessionKey);
    if (!isFallbackHead(head) || !isSameGround(base, head)) return undefined;
    const decision = decideReplacement(head, made, { nowMs: clock.now(), limits: options });
    await store.commit(decision.change);
    meter.count(METRICS.summariesReplaced);
    return decision;
  });
}
