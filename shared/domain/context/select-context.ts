import { AppError } from '../../kernel/app-error.ts';
import { coveredToSeq } from '../head.ts';
import type { Item } from '../item.ts';
import {
  byRecency,
  type Candidate,
  type Candidates,
  candidatesOf,
  groupsOf,
  seqsOf,
  sizeOf,
  tokensOf,
} from './candidates.ts';
import { type Costs, costsOf } from './context-cost.ts';
import { fitted } from './draft.ts';
import { Room } from './room.ts';
import { memoryPrice, selectMemory } from './select-memory.ts';
import type { ContextInput, Selection, StopReason } from './selection.ts';
import { Tail, uncovered } from './tail.ts';

/** A call is looked for this far before its result; without one, the result is an orphan. */
export const CALL_LOOKBACK_SEQS = 200;

/**
 * Chooses what stands in a context: pins always; then, while there is room, system items, the newest
 * group, the summary, facts, and recent groups back to the first that does not fit. Where all that
 * is live fits, all of it stands there and nothing is summarised.
 *
 * @throws AppError `budget-too-small` when the pins alone do not fit; `details.requiredBudget` does.
 */
export function selectContext<T extends Item>(input: ContextInput<T>): Selection<T> {
  const costs = costsOf(input.count, input.format);
  const candidates = candidatesOf(input.anchors, input.recent, costs);
  return selectAll(input, candidates, costs) ?? selectSome(input, candidates, costs);
}

/**
 * How many items may stand there without the summary: as many as asked for; by default no more than
 * are recent, once a summary stands for the others.
 */
export const wholeMaxItems = ({
  maxItems,
  summary,
  limits,
}: Pick<ContextInput, 'maxItems' | 'summary' | 'limits'>): number =>
  maxItems ?? (summary ? limits.maxContextItems : Infinity);

function selectAll<T extends Item>(
  input: ContextInput<T>,
  { all }: Candidates<T>,
  costs: Costs,
): Selection<T> | undefined {
  const { isWhole, budget } = input;
  if (!isWhole || sizeOf(all) > wholeMaxItems(input)) return undefined;
  const recent = groupsOf(all);
  const tokens = costs.total({ before: [], recent });
  if (tokens > budget) return undefined;
  const nothing = {
    before: [],
    summary: null,
    facts: [],
    omittedSystem: new Map<number, StopReason>(),
  };
  return { ...nothing, recent, tokens, wantsOlder: false };
}

function selectSome<T extends Item>(
  input: ContextInput<T>,
  candidates: Candidates<T>,
  costs: Costs,
): Selection<T> {
  const { all } = candidates;
  const { budget, maxItems = Infinity, fromSeq, olderTokens = 0 } = input;
  const pins = all.filter(({ kind }) => kind === 'pinned');
  assertPinsFit(pins, budget, costs);
  const [newest, ...older] = uncovered(all, input);
  // The newest group is exempt from the cap on items: its places are set aside, or owed.
  const isBlind = !input.isWhole && input.recent.length === 0;
  const latestSeq = isBlind ? 0 : all.reduce((latest, { lastSeq }) => Math.max(latest, lastSeq), 0);
  const exempt = newest?.lastSeq === latestSeq ? newest.size : 0;
  const room = new Room(budget - tokensOf(pins), maxItems - sizeOf(pins) - exempt);

  const { systems, omittedSystem } = takeSystems(all, latestSeq, room);
  const tail = new Tail<T>(room);
  const hasOlder = !input.isWhole && fromSeq > coveredToSeq(input) + 1;
  const endBeforeOlder = () => {
    // Where nothing is known of the end, the next item is of the newest group and needs no place.
    const places = isBlind ? 0 : 1;
    if (hasOlder) tail.endUnlessFits(costs.message(olderTokens), places, fromSeq - 1);
  };
  // The newest group comes before the memory, also where it is still to be read.
  if (newest) tail.add(newest, newest.size - exempt);
  else endBeforeOlder();
  const keptSeqs = seqsOf([...pins, ...systems]);
  const memory = selectMemory(input, { keptSeqs, left: room.tokens, costs });
  room.spend(memoryPrice(memory, input.itemCount, costs), 0);
  for (const one of older) tail.add(one);
  if (newest) endBeforeOlder();

  const { kept, stop, stopSeq } = tail;
  const draft = { ...memory, pins, systems, tail: kept, stop, omittedSystem };
  const wantsOlder = (hasOlder && !stop) || lacksCall(input, candidates, stopSeq);
  return { ...fitted(draft, input, costs), wantsOlder };
}

function assertPinsFit(pins: readonly Candidate[], budget: number, costs: Costs): void {
  const requiredBudget = costs.total({ before: groupsOf(pins), recent: [] });
  if (requiredBudget <= budget) return;
  throw new AppError(
    'budget-too-small',
    'The pinned items alone need more tokens than the budget',
    {
      details: { requiredBudget, budget },
    },
  );
}

/** System items, newest first; one that does not fit is left out, and older ones may still fit. */
function takeSystems<T extends Item>(
  all: readonly Candidate<T>[],
  latestSeq: number,
  room: Room,
): { readonly systems: Candidate<T>[]; readonly omittedSystem: Map<number, StopReason> } {
  const systems: Candidate<T>[] = [];
  const omittedSystem = new Map<number, StopReason>();
  for (const one of all.filter(({ kind }) => kind === 'system').sort(byRecency)) {
    const reason = room.take(one.tokens, one.size, one.lastSeq === latestSeq);
    if (reason) omittedSystem.set(one.firstSeq, reason);
    else systems.push(one);
  }
  return { systems, omittedSystem };
}

/** A result that has a place here, but whose call may stand before what is known. */
function lacksCall(
  input: ContextInput,
  { orphans }: Pick<Candidates, 'orphans'>,
  stopSeq: number,
): boolean {
  if (input.isWhole) return false;
  const endSeq = Math.max(stopSeq, coveredToSeq(input));
  return orphans.some(
    ({ seq, pinned }) => (pinned || seq > endSeq) && seq - input.fromSeq < CALL_LOOKBACK_SEQS,
  );
}
