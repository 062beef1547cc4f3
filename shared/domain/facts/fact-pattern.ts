import type { FactKind } from '../head.ts';

/** One way in which a kind of fact is written. */
export interface FactPattern {
  readonly kind: FactKind;
  /**
   * Global, and linear in the text: every quantifier is bounded or can give nothing back. With a group
   * called `fact` (and the flag `d`) that group is the fact, and the rest is what stands around it.
   */
  readonly pattern: RegExp;
  /** Counts also where other facts stand in it: what it says as a whole is more than they say. */
  readonly spansOthers?: boolean;
  /** Decides on what the expression alone cannot. */
  readonly accepts?: (match: string) => boolean;
  /** Whether the text is of the sort in which a match means something. */
  readonly appliesTo?: (text: string) => boolean;
}
