import type { Item } from '../item.ts';
import type { Arrangement } from './arrangement.ts';
import { bySeq, type Candidate, groupsOf, sizeOf, tokensOf } from './candidates.ts';
import type { Costs } from './context-cost.ts';
import { type MemoryParts, textOfMemory } from './select-memory.ts';
import type { ContextInput, Selection, StopReason } from './selection.ts';

/** A choice by the prices of its parts; only the whole, arranged, tells whether it fits. */
export interface Draft<T extends Item = Item> extends MemoryParts {
  readonly pins: readonly Candidate<T>[];
  /** Newest first. */
  readonly systems: readonly Candidate<T>[];
  /** The recent part, newest first. */
  readonly tail: readonly Candidate<T>[];
  readonly stop: StopReason | undefined;
  readonly omittedSystem: ReadonlyMap<number, StopReason>;
}

interface Arranged<T extends Item> extends Arrangement {
  readonly before: Selection<T>['before'];
  readonly recent: Selection<T>['recent'];
}

/**
 * Arranges a draft and, while the whole costs more than its parts did (an opener, texts that count
 * more together), leaves out what matters least. The pins alone always fit: that is checked before.
 */
export function fitted<T extends Item>(
  draft: Draft<T>,
  input: Pick<ContextInput, 'budget' | 'itemCount'>,
  costs: Costs,
): Omit<Selection<T>, 'wantsOlder'> {
  for (let now: Draft<T> | undefined = draft; now; now = shrunk(now)) {
    const arranged = arrange(now, input.itemCount);
    const tokens = costs.total(arranged, tokensOf([...now.pins, ...now.systems, ...now.tail]));
    if (tokens > input.budget) continue;
    const { before, recent, memory } = arranged;
    const { summary, stop, omittedSystem } = now;
    const facts = [...now.told, ...now.facts].sort((a, b) => a.seq - b.seq);
    return {
      ...{ before, recent, summary, facts, tokens, omittedSystem },
      ...(memory === undefined ? {} : { memory }),
      ...(stop === undefined ? {} : { stop }),
    };
  }
  throw new TypeError('The pins were found to fit, and do not');
}

/** Anchors older than the recent part, the memory, and the recent part with the anchors in it. */
function arrange<T extends Item>(draft: Draft<T>, itemCount: number): Arranged<T> {
  const { pins, systems, tail } = draft;
  const anchors = [...pins, ...systems];
  const fromSeq = tail.reduce(
    (first, one) => Math.min(first, one.firstSeq),
    Number.POSITIVE_INFINITY,
  );
  const before = anchors.filter(({ firstSeq }) => firstSeq < fromSeq).sort(bySeq);
  const recent = [...anchors.filter(({ firstSeq }) => firstSeq > fromSeq), ...tail].sort(bySeq);
  const omitted = itemCount - sizeOf(before) - sizeOf(recent);
  const memory = textOfMemory(draft, omitted);
  return { before: groupsOf(before), memory, recent: groupsOf(recent) };
}

function shrunk<T extends Item>(draft: Draft<T>): Draft<T> | undefined {
  const { systems, tail, facts, summary, hasNote } = draft;
  const stop = draft.stop ?? 'over-budget';
  if (tail.length > 1) return { ...draft, tail: tail.slice(0, -1), stop };
  if (facts.length > 0) return { ...draft, facts: facts.slice(1), text: undefined };
  if (summary || hasNote)
    return { ...draft, summary: null, told: [], hasNote: false, text: undefined };
  const oldest = systems.at(-1);
  const last = tail[0];
  // What is newer goes last, be it a system item.
  if (last && (!oldest || oldest.lastSeq > last.lastSeq)) return { ...draft, tail: [], stop };
  if (!oldest) return undefined;
  const omittedSystem = new Map(draft.omittedSystem).set(oldest.firstSeq, 'over-budget');
  return { ...draft, systems: systems.slice(0, -1), omittedSystem };
}
