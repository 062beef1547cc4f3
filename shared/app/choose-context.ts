import type { CountTokens } from '../domain/context/context-cost.ts';
import { mayHoldAll, selectContext } from '../domain/context/select-context.ts';
import type { ContextLimits, Selection } from '../domain/context/selection.ts';
import { groupItems, MAX_ANSWER_SEQS } from '../domain/group.ts';
import { coveredToSeq, itemCountOf, type SessionHead } from '../domain/head.ts';
import type { StoredItem } from '../domain/item.ts';
import { charged } from '../domain/token-correction.ts';
import { AppError } from '../kernel/app-error.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import type { ContextQuery } from './memory.ts';
import { isWhole, type LogSource, type RecentLog } from './recent-log.ts';

/** A query with its budget, on a session that exists. */
export interface ContextTask extends LogSource {
  readonly query: ContextQuery;
  readonly counter: TokenCounter;
  readonly limits: ContextLimits;
  /** The budget as its caller gave it, and the hundredths of it that a counted token takes. */
  readonly asked: { readonly budget: number; readonly percent: number };
}

export interface Chosen {
  readonly selection: Selection<StoredItem>;
  /** Live items up to the end of the summary. */
  readonly coveredCount: number;
}

/**
 * What stands in a context, as far as it is known from what was read; `undefined` where more has to
 * be read to know it. It makes no promise: most contexts come from the head alone.
 *
 * @throws AppError `budget-too-small` when the pins alone do not fit.
 */
export function chooseContext(task: ContextTask, log: RecentLog): Chosen | undefined {
  if (!isEnough(task, log)) return undefined;
  const coveredCount = countCovered(task.head, log);
  const selection = selectUnlessBlind(task, log, coveredCount);
  if (!selection || (selection.wantsOlder && log.fromSeq > 1)) return undefined;
  return { selection, coveredCount };
}

/** The head's counters tell beforehand whether everything could fit: then all of it is read. */
export const mayBeWhole = (task: ContextTask): boolean => mayHoldAll(numbersOf(task));

function isEnough(task: ContextTask, log: RecentLog): boolean {
  const { head } = task;
  if (isWhole(log, head)) return true;
  if (mayBeWhole(task)) return false;
  // Where items were deleted, how many the summary covers is known only from those it does not.
  const isCounted = !head.summary || itemCountOf(head) === head.lastSeq;
  return isCounted || log.fromSeq <= coveredToSeq(head) + 1;
}

/** Live items up to the end of the summary. */
function countCovered(head: SessionHead, { items, anchors, fromSeq }: RecentLog): number {
  const toSeq = coveredToSeq(head);
  const itemCount = itemCountOf(head);
  if (toSeq === 0 || itemCount === head.lastSeq) return toSeq;
  const before = anchors.flatMap((group) => group.items).filter(({ seq }) => seq < fromSeq);
  const isUncovered = ({ seq }: StoredItem) => seq > toSeq;
  return itemCount - [...before, ...items].filter(isUncovered).length;
}

/**
 * `undefined` where the pins don't fit, but the call of a pinned result is still to be read: only
 * with it is the required budget known.
 */
function selectUnlessBlind(
  task: ContextTask,
  log: RecentLog,
  coveredCount: number,
): Selection<StoredItem> | undefined {
  try {
    return select(task, log, coveredCount);
  } catch (thrown) {
    const { orphans } = groupItems(log.items);
    const mayLackCall = orphans.some(
      ({ pinned, seq }) => pinned && seq - log.fromSeq < MAX_ANSWER_SEQS,
    );
    if (mayLackCall && log.fromSeq > 1 && !isWhole(log, task.head)) return undefined;
    throw asAsked(thrown, task);
  }
}

/** Budgets that an error names are the caller's, not counted tokens. */
function asAsked(thrown: unknown, { asked: { budget, percent } }: ContextTask): unknown {
  const { code, message, details } = AppError.from(thrown);
  if (code !== 'budget-too-small') return thrown;
  const requiredBudget = charged(Number(details['requiredBudget']), percent);
  return new AppError(code, message, { details: { requiredBudget, budget }, cause: thrown });
}

function select(task: ContextTask, log: RecentLog, coveredCount: number): Selection<StoredItem> {
  const { head, counter } = task;
  return selectContext({
    ...numbersOf(task),
    anchors: log.anchors,
    recent: log.items,
    fromSeq: log.fromSeq,
    coveredCount,
    facts: head.facts,
    isWhole: isWhole(log, head),
    systemSeqs: new Set(head.anchors.map(({ seq }) => seq)),
    count: countingWith(counter),
  });
}

const countings = new WeakMap<TokenCounter, CountTokens>();

/** The same function each time: what is known of it is known by its identity. */
function countingWith(counter: TokenCounter): CountTokens {
  const known = countings.get(counter);
  if (known) return known;
  const count: CountTokens = (text) => counter.count(text);
  countings.set(counter, count);
  return count;
}

/** What the head alone tells. */
const numbersOf = ({ head, budget, limits, query: { maxItems, format } }: ContextTask) => ({
  ...{ budget, format, limits },
  itemCount: itemCountOf(head),
  itemTokens: head.tokens,
  ...(maxItems === undefined ? {} : { maxItems }),
  ...(head.summary ? { summary: head.summary } : {}),
});
