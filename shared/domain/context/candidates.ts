import { type Group, groupItems } from '../group.ts';
import { type Item, isSystem } from '../item.ts';
import type { Costs } from './context-cost.ts';

/** A group that may stand in a context, with what the choice depends on. */
export interface Candidate<T extends Item = Item> {
  readonly group: Group<T>;
  readonly kind: 'pinned' | 'system' | 'other';
  readonly tokens: number;
  readonly size: number;
  readonly firstSeq: number;
  /** Says how recent the group is: a late result brings its call back. */
  readonly lastSeq: number;
}

export interface Candidates<T extends Item = Item> {
  /** In order of first seq. */
  readonly all: readonly Candidate<T>[];
  /** Results whose call is not among the items. */
  readonly orphans: readonly T[];
}

/**
 * @param anchors whole groups that start before `recent`; their items may reach into it.
 * @param recent contiguous items in seq order.
 */
export function candidatesOf<T extends Item>(
  anchors: readonly Group<T>[],
  recent: readonly T[],
  costs: Costs,
): Candidates<T> {
  const taken = new Set(anchors.flatMap(({ items }) => items.map(({ seq }) => seq)));
  const free = taken.size > 0 ? recent.filter(({ seq }) => !taken.has(seq)) : recent;
  const { groups, orphans } = groupItems(free);
  return { all: [...anchors, ...groups].map((group) => candidateOf(group, costs)), orphans };
}

function candidateOf<T extends Item>(group: Group<T>, costs: Costs): Candidate<T> {
  const { items } = group;
  return {
    group,
    kind: items.some(({ pinned }) => pinned) ? 'pinned' : items.some(isSystem) ? 'system' : 'other',
    tokens: costs.group(group),
    size: items.length,
    firstSeq: items[0]?.seq ?? 0,
    lastSeq: items.at(-1)?.seq ?? 0,
  };
}

/** Newest first. */
export const byRecency = (a: Candidate, b: Candidate): number => b.lastSeq - a.lastSeq;

export const bySeq = (a: Candidate, b: Candidate): number => a.firstSeq - b.firstSeq;

export const tokensOf = (candidates: readonly Candidate[]): number =>
  candidates.reduce((sum, { tokens }) => sum + tokens, 0);

export const sizeOf = (candidates: readonly Candidate[]): number =>
  candidates.reduce((sum, { size }) => sum + size, 0);

export const seqsOf = (candidates: readonly Candidate[]): ReadonlySet<number> =>
  new Set(candidates.flatMap(({ group }) => group.items.map(({ seq }) => seq)));

export const groupsOf = <T extends Item>(candidates: readonly Candidate<T>[]): Group<T>[] =>
  candidates.map(({ group }) => group);
