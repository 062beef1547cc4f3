import { countOmitted, explain, keptItems } from '../domain/context/context-report.ts';
import { mayHoldAll, selectContext } from '../domain/context/select-context.ts';
import type { ContextLimits, Selection } from '../domain/context/selection.ts';
import { overheadOf } from '../domain/formats/overhead.ts';
import { renderMessages } from '../domain/formats/render.ts';
import { groupItems, MAX_ANSWER_SEQS } from '../domain/group.ts';
import { coveredToSeq, itemCountOf, type SessionHead, type Summary } from '../domain/head.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import type { ContextQuery, ContextResult } from './memory.ts';
import { extendLog, isWhole, type LogSource, openLog, type RecentLog } from './recent-log.ts';
import { handOut, type ReadDeps } from './timeline.ts';

export interface ContextDeps extends ReadDeps {
  readonly counter: TokenCounter;
  readonly options: ReadDeps['options'] & ContextLimits & { readonly maxContextTokens: number };
  requestSummary(head: SessionHead): Promise<void>;
}

/** A query with its budget, on a session that exists. */
interface Task extends LogSource {
  readonly deps: ContextDeps;
  readonly query: ContextQuery;
  readonly budget: number;
}

interface Chosen {
  readonly selection: Selection<StoredItem>;
  /** Live items up to the end of the summary. */
  readonly coveredCount: number;
}

const FIRST_PAGE_ITEMS = 100;
const MAX_PAGE_ITEMS = 500;

/**
 * What a model should be told next: pins and system items, memory of what was before, and the recent
 * items, within the budget. Nearly always one read of the head answers it. Where something has
 * neither a place nor a summary, a summary is asked for.
 *
 * @throws AppError `budget-too-small` when the pins alone do not fit.
 */
export async function assembleContext(
  deps: ContextDeps,
  query: ContextQuery,
): Promise<ContextResult> {
  const { store, counter, options } = deps;
  const budget = query.tokenBudget ?? options.maxContextTokens;
  const head = await store.loadHead(sessionKeyOf(query));
  if (!head) return nothing(query, { total: 0, budget, counter: counter.name });
  const maxItemTokens = budget - overheadOf(query.format).message;
  const task: Task = { deps, query, budget, store, head, maxItemTokens };
  const { selection, coveredCount } = await choose(task);
  const omitted = countOmitted(selection, { itemCount: itemCountOf(head), coveredCount });
  if (selection.stop && omitted.uncovered > 0) await deps.requestSummary(head);
  const { summary, facts, tokens } = selection;
  return {
    summary: summary && summaryView(summary),
    facts,
    items: handOut(deps, query, head.sessionKey, keptItems(selection)),
    ...rendered(query, selection),
    tokens: { total: tokens, budget, counter: counter.name },
    omitted,
    ...(query.explain ? { explain: await explained(task, selection) } : {}),
  };
}

/** Reads back only as far as something may still find a place. */
async function choose(task: Task): Promise<Chosen> {
  let log = await openLog(task);
  if (mayHoldAll(numbersOf(task))) log = await readAll(task, log);
  else log = await readToSummary(task, log);
  const coveredCount = countCovered(task.head, log);
  let limit = FIRST_PAGE_ITEMS;
  for (;;) {
    const selection = selectUnlessBlind(task, log, coveredCount);
    if (selection && (!selection.wantsOlder || log.fromSeq <= 1)) {
      return { selection, coveredCount };
    }
    log = await extendLog(task, log, limit);
    limit = Math.min(2 * limit, MAX_PAGE_ITEMS);
  }
}

/**
 * `undefined` where the pins don't fit, but the call of a pinned result is still to be read: only
 * with it is the required budget known.
 */
function selectUnlessBlind(
  task: Task,
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
    throw thrown;
  }
}

/** What the head alone tells. */
const numbersOf = ({ head, budget, deps, query: { maxItems, format } }: Task) => ({
  ...{ budget, format, limits: deps.options },
  itemCount: itemCountOf(head),
  itemTokens: head.tokens,
  ...(maxItems === undefined ? {} : { maxItems }),
  ...(head.summary ? { summary: head.summary } : {}),
});

async function readAll(task: Task, from: RecentLog): Promise<RecentLog> {
  let log = from;
  while (!isWhole(log, task.head)) log = await extendLog(task, log, MAX_PAGE_ITEMS);
  return log;
}

/** Where items were deleted, how many the summary covers is known only from those that it does not. */
async function readToSummary(task: Task, from: RecentLog): Promise<RecentLog> {
  const { head } = task;
  if (!head.summary || itemCountOf(head) === head.lastSeq) return from;
  let log = from;
  while (log.fromSeq > head.summary.toSeq + 1 && !isWhole(log, head)) {
    log = await extendLog(task, log, MAX_PAGE_ITEMS);
  }
  return log;
}

function select(task: Task, log: RecentLog, coveredCount: number): Selection<StoredItem> {
  const { head, deps } = task;
  const { anchors, items: recent, fromSeq } = log;
  return selectContext({
    ...numbersOf(task),
    ...{ anchors, recent, fromSeq, coveredCount, facts: head.facts },
    isWhole: isWhole(log, head),
    systemSeqs: new Set(head.anchors.map(({ seq }) => seq)),
    count: (text) => deps.counter.count(text),
  });
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

/** A debugging aid: it reads the whole session. */
async function explained(task: Task, selection: Selection<StoredItem>) {
  const all = { ...task, maxItemTokens: Infinity };
  let log = await openLog(all);
  while (log.fromSeq > 1) log = await extendLog(all, log, MAX_PAGE_ITEMS);
  const { maxItems } = task.query;
  return explain(selection, log.items, { limits: task.deps.options, maxItems });
}

function rendered(
  { format }: ContextQuery,
  { before, memory, recent }: Selection,
): Pick<ContextResult, 'messages' | 'system'> {
  if (format === 'raw') return {};
  return renderMessages(format, { before, recent, ...dropAbsent({ memory }) });
}

const summaryView = ({ id, text, fromSeq, toSeq, tokens }: Summary) => ({
  ...{ id, text, fromSeq, toSeq, tokens },
});

const nothing = (query: ContextQuery, tokens: ContextResult['tokens']): ContextResult => ({
  summary: null,
  facts: [],
  items: [],
  ...(query.format === 'raw' ? {} : { messages: [] }),
  tokens,
  omitted: { count: 0, summarised: 0, uncovered: 0 },
  ...(query.explain ? { explain: [] } : {}),
});
