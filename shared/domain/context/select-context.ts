import { AppError } from '../../kernel/app-error.ts';
import { overheadOf } from '../formats/overhead.ts';
import { MAX_ANSWER_SEQS } from '../group.ts';
import { coveredToSeq } from '../head.ts';
import type { Item } from '../item.ts';
import { MEMORY_SHARE } from '../memory-share.ts';
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
import { SystemItems } from './system-items.ts';
import { Tail, uncovered } from './tail.ts';

/**
 * Chooses what stands in a context: pins always; then, while there is room, the newest group, system
 * items, the summary, facts, and recent groups back to the first that does not fit. Where all that
 * is live fits, all of it stands there and nothing is summarised. What is chosen does not depend on
 * how much of the session is given, once no older items are wanted.
 *
 * @throws AppError `budget-too-small` when the pins alone do not fit; `details.requiredBudget` does.
 */
export function selectContext<T extends Item>(input: ContextInput<T>): Selection<T> {
  const costs = costsOf(input.count, input.format);
  const candidates = candidatesOf(input.anchors, input.recent, costs);
  return selectAll(input, candidates, costs) ?? selectSome(input, candidates, costs);
}

/**
 * Whether all that is live may stand there verbatim, by what a head knows of it: as many items as
 * asked for; by default no more than are recent, once a summary stands for the others.
 */
export function mayHoldAll(
  input: Pick<
    ContextInput,
    'itemCount' | 'itemTokens' | 'budget' | 'format' | 'maxItems' | 'summary' | 'limits'
  >,
): boolean {
  const { itemCount, itemTokens, budget, maxItems, summary, limits } = input;
  const { prompt, message } = overheadOf(input.format);
  return (
    itemCount <= (maxItems ?? (summary ? limits.maxContextItems : Infinity)) &&
    prompt + itemTokens + itemCount * message <= budget
  );
}

function selectAll<T extends Item>(
  input: ContextInput<T>,
  { all }: Candidates<T>,
  costs: Costs,
): Selection<T> | undefined {
  if (!input.isWhole || !mayHoldAll(input)) return undefined;
  const recent = groupsOf(all);
  const tokens = costs.total({ before: [], recent });
  if (tokens > input.budget) return undefined;
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
  const all = candidates.all.filter(({ kind, firstSeq }) => mayStand(kind, firstSeq, input));
  const { budget, maxItems = Infinity, fromSeq } = input;
  const pins = all.filter(({ kind }) => kind === 'pinned');
  assertPinsFit(pins, budget, costs);
  const [newest, ...older] = uncovered(all, input);
  const toSeq = coveredToSeq(input);
  const hasOlder = !input.isWhole && fromSeq > toSeq + 1;
  // The newest group is exempt from the cap on items: its places are set aside, or owed.
  const latestSeq = latestFrom(hasOlder ? fromSeq : toSeq + 1, all);
  const exempt = newest?.lastSeq === latestSeq ? newest.size : 0;
  const left = budget - costs.prompt - tokensOf(pins);
  const room = new Room(left, maxItems - sizeOf(pins) - exempt);

  const tail = new Tail<T>(room);
  const endBeforeOlder = () => {
    // Where nothing is known of the end, the next item is of the newest group and needs no place.
    const places = latestSeq === 0 ? 0 : 1;
    if (hasOlder) tail.endUnlessFits(costs.least, places, fromSeq - 1);
  };
  const system = new SystemItems<T>(room);
  const [latest, ...others] = all.filter(({ kind }) => kind === 'system').sort(byRecency);
  // The newest group comes first, be it a system item, also where it is still to be read.
  const isNewest = latest?.lastSeq === latestSeq;
  if (latest && isNewest) system.add(latest, true);
  if (newest) tail.add(newest, newest.size - exempt);
  else endBeforeOlder();
  if (latest && !isNewest) system.add(latest, false);
  for (const one of others) system.add(one, false);
  const { kept: systems, omitted: omittedSystem } = system;
  const keptSeqs = seqsOf([...pins, ...systems]);
  const share = Math.floor(MEMORY_SHARE * (left - tokensOf(systems)));
  const memoryRoom = { left: room.tokens, share: Math.min(room.tokens, share) };
  const memory = selectMemory(input, { keptSeqs, omittedSystem, costs, ...memoryRoom });
  room.spend(memoryPrice(memory, input.itemCount, costs), 0);
  for (const one of older) tail.add(one);
  if (newest) endBeforeOlder();

  const { kept, stop, stopSeq } = tail;
  const draft = { ...memory, pins, systems, tail: kept, stop, omittedSystem };
  const wantsOlder = (hasOlder && !stop) || lacksCall(input, candidates, stopSeq);
  return { ...fitted(draft, input, costs), wantsOlder };
}

/** Of old system items a head names the newest alone. */
const mayStand = (
  kind: Candidate['kind'],
  seq: number,
  { systemSeqs }: Pick<ContextInput, 'systemSeqs'>,
): boolean => kind !== 'system' || !systemSeqs || systemSeqs.has(seq);

/** The last seq of these; 0 where none of them reaches `fromSeq`: the newest group is not known. */
function latestFrom(fromSeq: number, all: readonly Candidate[]): number {
  const latest = all.reduce((seq, { lastSeq }) => Math.max(seq, lastSeq), 0);
  return latest >= fromSeq ? latest : 0;
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

/** A result that has a place here, but whose call may stand before what is known. */
function lacksCall(
  input: ContextInput,
  { orphans }: Pick<Candidates, 'orphans'>,
  stopSeq: number,
): boolean {
  if (input.isWhole) return false;
  const endSeq = Math.max(stopSeq, coveredToSeq(input));
  return orphans.some(
    ({ seq, pinned }) => (pinned || seq > endSeq) && seq - input.fromSeq < MAX_ANSWER_SEQS,
  );
}
