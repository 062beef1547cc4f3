import { countOmitted, explain, keptItems } from '../domain/context/context-report.ts';
import type { ContextLimits, Selection } from '../domain/context/selection.ts';
import { overheadOf } from '../domain/formats/overhead.ts';
import { renderMessages } from '../domain/formats/render.ts';
import { itemCountOf, type SessionHead, type Summary } from '../domain/head.ts';
import { type SessionKey, sessionKeyOf } from '../domain/ids.ts';
import type { StoredItem } from '../domain/item.ts';
import { charged, percentOf, spendable } from '../domain/token-correction.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { type ContextTask, chooseContext, mayBeWhole } from './choose-context.ts';
import type { ContextQuery, ContextResult } from './memory.ts';
import { extendLog, headLog, openLog } from './recent-log.ts';
import { handOut, type ReadDeps } from './timeline.ts';

export interface ContextDeps extends ReadDeps {
  readonly counter: TokenCounter;
  readonly options: ReadDeps['options'] & ContextLimits & { readonly maxContextTokens: number };
  requestSummary(head: SessionHead): Promise<void>;
  /** Heads as they are cached, which may tell of what has expired: `isDue` says so. */
  readonly cached: {
    loadHead(key: SessionKey): Promise<SessionHead | undefined>;
    isDue(head: SessionHead): boolean;
  };
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
  const { store, counter, options: limits } = deps;
  const budget = query.tokenBudget ?? limits.maxContextTokens;
  const key = sessionKeyOf(query);
  // The store of the use cases looks for itself, at the price of a promise: 4 % of a hot context.
  const known = await deps.cached.loadHead(key);
  const head = known && deps.cached.isDue(known) ? await store.loadHead(key) : known;
  if (!head) return nothing(query, { total: 0, budget, counter: counter.name });
  const overheadTokens = overheadOf(query.format).message;
  const percent = percentOf(head);
  const counted = { budget: spendable(budget, percent), asked: { budget, percent } };
  const task: ContextTask = { query, counter, limits, store, head, overheadTokens, ...counted };
  // Without an `await` where the head has it all: under the functions framework each is dear.
  let log = headLog(task) ?? (await openLog(task));
  let chosen = chooseContext(task, log);
  // Reads back only as far as something may still find a place.
  let pageItems = mayBeWhole(task) ? MAX_PAGE_ITEMS : FIRST_PAGE_ITEMS;
  while (!chosen) {
    log = await extendLog(task, log, pageItems);
    chosen = chooseContext(task, log);
    pageItems = Math.min(2 * pageItems, MAX_PAGE_ITEMS);
  }
  const { selection, coveredCount } = chosen;
  const omitted = countOmitted(selection, { itemCount: itemCountOf(head), coveredCount });
  if (selection.stop && omitted.uncovered > 0) await deps.requestSummary(head);
  const { summary, facts, tokens } = selection;
  const handing = handOut(deps, query, head.sessionKey, keptItems(selection));
  return {
    summary: summary && summaryView(summary),
    facts: facts.map(({ seq, kind, text }) => ({ seq, kind, text })),
    items: handing instanceof Promise ? await handing : handing,
    ...rendered(query, selection),
    tokens: {
      ...{ total: charged(tokens, percent), budget, counter: counter.name },
      ...(percent > 100 ? { correction: percent / 100 } : {}),
    },
    omitted,
    ...(query.explain ? { explain: await explained(task, selection) } : {}),
  };
}

/** A debugging aid: it reads the whole session. */
async function explained(task: ContextTask, selection: Selection<StoredItem>) {
  const all = { ...task, budget: Infinity };
  let log = await openLog(all);
  while (log.fromSeq > 1) log = await extendLog(all, log, MAX_PAGE_ITEMS);
  const { limits, query } = task;
  return explain(selection, log.items, { limits, maxItems: query.maxItems });
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
