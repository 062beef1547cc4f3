import { countOmitted, explain, keptItems } from '../domain/context/context-report.ts';
import {
  CALL_LOOKBACK_SEQS,
  selectContext,
  wholeMaxItems,
} from '../domain/context/select-context.ts';
import type { ContextLimits, Selection } from '../domain/context/selection.ts';
import { renderMessages } from '../domain/formats/render.ts';
import { MESSAGE_OVERHEAD_TOKENS } from '../domain/formats/tokens.ts';
import { groupItems } from '../domain/group.ts';
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
  readonly log: RecentLog;
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
  const task: Task = { deps, query, budget, store, head };
  const { selection, log } = await choose(task);
  const coveredCount = selection.summary ? await countCovered(task, log) : 0;
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
    ...(query.explain ? { explain: await explained(task, selection, log) } : {}),
  };
}

/** Reads back only as far as something may still find a place. */
async function choose(task: Task): Promise<Chosen> {
  let log = await openLog(task, task.budget);
  if (mayHoldAll(task)) log = await readAll(task, log);
  let limit = FIRST_PAGE_ITEMS;
  for (;;) {
    const selection = selectUnlessBlind(task, log);
    if (selection && (!selection.wantsOlder || log.fromSeq <= 1)) return { selection, log };
    log = await extendLog(task, log, limit);
    limit = Math.min(2 * limit, MAX_PAGE_ITEMS);
  }
}

/**
 * `undefined` where the pins don't fit, but the call of a pinned result is still to be read: only
 * with it is the required budget known.
 */
function selectUnlessBlind(task: Task, log: RecentLog): Selection<StoredItem> | undefined {
  try {
    return select(task, log);
  } catch (thrown) {
    const { orphans } = groupItems(log.items);
    const mayLackCall = orphans.some(
      ({ pinned, seq }) => pinned && seq - log.fromSeq < CALL_LOOKBACK_SEQS,
    );
    if (mayLackCall && log.fromSeq > 1 && !isWhole(log, task.head)) return undefined;
    throw thrown;
  }
}

/** The head's counters tell beforehand whether everything could fit. */
function mayHoldAll({ head, budget, query, deps }: Task): boolean {
  const itemCount = itemCountOf(head);
  const tokens = head.tokens + itemCount * MESSAGE_OVERHEAD_TOKENS;
  const given = dropAbsent({ maxItems: query.maxItems, summary: head.summary });
  return tokens <= budget && itemCount <= wholeMaxItems({ ...given, limits: deps.options });
}

async function readAll(task: Task, from: RecentLog): Promise<RecentLog> {
  let log = from;
  while (!isWhole(log, task.head)) log = await extendLog(task, log, MAX_PAGE_ITEMS);
  return log;
}

function select(
  { deps: { counter, options }, head, query: { maxItems, format }, budget }: Task,
  log: RecentLog,
): Selection<StoredItem> {
  const { anchors, items: recent, fromSeq, olderTokens } = log;
  return selectContext({
    ...{ anchors, recent, fromSeq, budget, format },
    ...dropAbsent({ olderTokens, maxItems, summary: head.summary }),
    isWhole: isWhole(log, head),
    itemCount: itemCountOf(head),
    facts: head.facts,
    limits: options,
    count: (text) => counter.count(text),
  });
}

/** Live items up to the end of the summary. Without deletions that is a number, not a read. */
async function countCovered(task: Task, from: RecentLog): Promise<number> {
  const { head } = task;
  const toSeq = coveredToSeq(head);
  const itemCount = itemCountOf(head);
  if (itemCount === head.lastSeq) return toSeq;
  let log = from;
  while (log.fromSeq > toSeq + 1) log = await extendLog(task, log, MAX_PAGE_ITEMS);
  return itemCount - log.items.filter(({ seq }) => seq > toSeq).length;
}

/** A debugging aid: it reads the whole session. */
async function explained(task: Task, selection: Selection<StoredItem>, from: RecentLog) {
  let log = from;
  while (log.fromSeq > 1) log = await extendLog(task, log, MAX_PAGE_ITEMS);
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
