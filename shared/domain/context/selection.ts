import type { Group } from '../group.ts';
import type { Fact, Summary } from '../head.ts';
import type { Format, Item } from '../item.ts';
import type { CountTokens } from './context-cost.ts';

export interface ContextLimits {
  /** So many of the newest items count as recent; what is older is there because no summary covers it. */
  readonly maxContextItems: number;
  readonly factsMaxTokens: number;
}

/** What a context is chosen from. */
export interface ContextInput<T extends Item = Item> {
  /** Whole groups with a pin or a system item that start before `recent`, in order of first seq. */
  readonly anchors: readonly Group<T>[];
  /** Every live item from `fromSeq` to the last one, in seq order. */
  readonly recent: readonly T[];
  readonly fromSeq: number;
  /** `anchors` and `recent` are all that is live. */
  readonly isWhole: boolean;
  /** System items that may stand in the context; absent: all. */
  readonly systemSeqs?: ReadonlySet<number>;
  /** Live items of the session. */
  readonly itemCount: number;
  /** Their tokens. */
  readonly itemTokens: number;
  readonly summary?: Summary;
  /** Live items up to the summary's `toSeq`. */
  readonly coveredCount: number;
  readonly facts: readonly Fact[];
  /** In tokens of `count`. */
  readonly budget: number;
  /** Cap on all items; the newest group stays whole nevertheless. Absent: the budget alone decides. */
  readonly maxItems?: number;
  /** How it will be rendered: some providers need messages that others don't. */
  readonly format: 'raw' | Format;
  readonly limits: ContextLimits;
  readonly count: CountTokens;
}

/** Why an item that might have stood in the context does not. */
export type StopReason = 'over-budget' | 'over-max-items';

/** What a context is made of: `before`, then the memory message, then `recent`. */
export interface Selection<T extends Item = Item> {
  readonly before: readonly Group<T>[];
  readonly recent: readonly Group<T>[];
  /** As shown, perhaps trimmed. `null`: nothing to stand for, or not one sentence of it fits. */
  readonly summary: Summary | null;
  /** In seq order. */
  readonly facts: readonly Fact[];
  /** The memory message; absent when there is nothing to tell. */
  readonly memory?: string;
  /** Tokens of all of it, rendered. */
  readonly tokens: number;
  /** Why the recent items do not go back to the summary; absent when they do. */
  readonly stop?: StopReason;
  /** System items left out, by seq. */
  readonly omittedSystem: ReadonlyMap<number, StopReason>;
  /** Items before `fromSeq` may have a place too: read on and select again. */
  readonly wantsOlder: boolean;
}
