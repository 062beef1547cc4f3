import type { Embedded } from '../../shared/components/embedded.ts';
import { runLocally } from '../../shared/components/run-locally.ts';
import { tokenCounterFor } from '../../shared/components/token-counter-for.ts';
import { costsOf } from '../../shared/domain/context/context-cost.ts';
import { parseMessages } from '../../shared/domain/formats/parse.ts';
import { type Rendered, renderMessages } from '../../shared/domain/formats/render.ts';
import { countableText } from '../../shared/domain/formats/tokens.ts';
import { validateMessages } from '../../shared/domain/formats/validate.ts';
import { type Group, groupItems } from '../../shared/domain/group.ts';
import { FORMATS, type Format, type Item } from '../../shared/domain/item.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { systemTimers } from '../../shared/kernel/timers.ts';
import { promptPrice } from '../../shared/testing/prompt-price.ts';
import { readAgentRuns } from './agent-runs.ts';
import type { Findings } from './result.ts';
import { USER, withWorkspace } from './workspace.ts';

const BUDGETS = [1_000, 2_500, 4_000] as const;
const WINDOW_MESSAGES = 15;

/** What was found at all moments, for one format and budget. */
interface Tally {
  moments: number;
  /** The provider would refuse the context. */
  invalid: number;
  /** It costs more than the budget, counted from its messages as they are sent. */
  overBudget: number;
  /** The newest group is not in it, although the budget has room for it. */
  newestMissing: number;
  /** The newest group alone is more than the budget. */
  newestTooLong: number;
  /** The provider would refuse the last 15 messages. */
  windowInvalid: number;
  windowOverBudget: number;
}

const counter = tokenCounterFor('gemini');
const count = (text: string): number => counter.count(text);

/**
 * Plays recorded agent runs, message by message, and asks for a context after each, in every format
 * and for three budgets; beside it stand the last 15 messages, which is what many agents send.
 */
export async function agentWindows(file: string | undefined): Promise<Findings> {
  const runs = readAgentRuns(file);
  const tallies = new Map<string, Tally>();
  await withWorkspace(async (system) => {
    const stop = runLocally(system, { timers: systemTimers, log: silentLogger });
    for (const [index, run] of runs.entries()) await play(system, `run-${index}`, run, tallies);
    stop();
  });
  return { figures: figuresOf(tallies), table: tableOf(tallies) };
}

async function play(
  system: Embedded,
  sessionId: string,
  run: readonly JsonObject[],
  tallies: Map<string, Tally>,
): Promise<void> {
  const session = { userId: USER, sessionId };
  const drafts = parseMessages('openai', run);
  if (drafts.length !== run.length) throw new Error('A message became several items');
  const items: Item[] = [];
  for (const draft of drafts) {
    await system.memory.append({
      ...{ ...session, items: [draft], startedAtMs: Date.now(), isEvent: false },
    });
    await system.bus.drain();
    items.push(itemOf(draft, items.length + 1));
    for (const format of FORMATS) {
      const window = lastMessages(items, format);
      for (const tokenBudget of BUDGETS) {
        const query = { ...session, format, tokenBudget, explain: false };
        const { messages = [], system: text, items: kept } = await system.memory.context(query);
        const rendered = {
          messages: [...messages],
          ...(text === undefined ? {} : { system: text }),
        };
        const seqs = new Set(kept.map(({ seq }) => seq));
        tally(tallies, { format, tokenBudget }, { items, rendered, window, seqs });
      }
    }
  }
}

const itemOf = (draft: ReturnType<typeof parseMessages>[number], seq: number): Item => ({
  ...draft,
  ...{ seq, createdAtMs: 0, pinned: false, tokens: count(countableText(draft)) },
});

/** The last messages of the conversation as a whole; its system text stays where it is beside them. */
function lastMessages(items: readonly Item[], format: Format): Rendered {
  const recent = groupItems(items).groups;
  const { messages, ...rest } = renderMessages(format, { before: [], recent });
  return { messages: messages.slice(-WINDOW_MESSAGES), ...rest };
}

interface Moment {
  readonly items: readonly Item[];
  readonly rendered: Rendered;
  readonly window: Rendered;
  readonly seqs: ReadonlySet<number>;
}

function tally(
  tallies: Map<string, Tally>,
  { format, tokenBudget }: { readonly format: Format; readonly tokenBudget: number },
  { items, rendered, window, seqs }: Moment,
): void {
  const key = `${format}/${tokenBudget}`;
  const sums = tallies.get(key) ?? {
    ...{ moments: 0, invalid: 0, overBudget: 0, newestMissing: 0, newestTooLong: 0 },
    ...{ windowInvalid: 0, windowOverBudget: 0 },
  };
  tallies.set(key, sums);
  const newest = newestOf(items);
  const isTooLong = costsOf(count, format).total({ before: [], recent: [newest] }) > tokenBudget;
  const isMissing = newest.items.some(({ seq }) => !seqs.has(seq));
  sums.moments++;
  if (isInvalid(format, rendered)) sums.invalid++;
  if (promptPrice(format, rendered, count) > tokenBudget) sums.overBudget++;
  if (isMissing && !isTooLong) sums.newestMissing++;
  if (isTooLong) sums.newestTooLong++;
  if (isInvalid(format, window)) sums.windowInvalid++;
  if (promptPrice(format, window, count) > tokenBudget) sums.windowOverBudget++;
}

function newestOf(items: readonly Item[]): Group {
  const groups = groupItems(items).groups.toSorted((a, b) => lastSeqOf(a) - lastSeqOf(b));
  const newest = groups.at(-1);
  if (!newest) throw new Error('A recorded run begins with the result of a call');
  return newest;
}

const lastSeqOf = ({ items }: Group): number => items.at(-1)?.seq ?? 0;

const isInvalid = (format: Format, { messages, system }: Rendered): boolean =>
  validateMessages(format, messages, system).length > 0;

function figuresOf(tallies: ReadonlyMap<string, Tally>) {
  const sum = (field: keyof Tally) =>
    [...tallies.values()].reduce((total, one) => total + one[field], 0);
  return {
    contexts: sum('moments'),
    'refused by the provider': sum('invalid'),
    'over the budget': sum('overBudget'),
    'without the newest group, which fits': sum('newestMissing'),
    'whose newest group alone is over the budget': sum('newestTooLong'),
    'last 15 messages, refused by the provider': sum('windowInvalid'),
    'last 15 messages, over the budget': sum('windowOverBudget'),
  };
}

const tableOf = (tallies: ReadonlyMap<string, Tally>) => ({
  title: 'Contexts after every message of recorded agent runs, beside their last 15 messages',
  columns: [
    ...['format', 'budget', 'contexts', 'refused', 'over budget', 'newest missing'],
    ...['newest too long', 'last 15: refused', 'last 15: over budget'],
  ],
  rows: [...tallies].map(([key, one]) => [
    ...key.split('/'),
    ...[one.moments, one.invalid, one.overBudget, one.newestMissing, one.newestTooLong],
    ...[one.windowInvalid, one.windowOverBudget],
  ]),
});
