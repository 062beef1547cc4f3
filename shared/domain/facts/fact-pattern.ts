import type { FactKind } from '../head.ts';

/** One way in which a kind of fact is written. */
export interface FactPattern {
  readonly kind: FactKind;
  /** Global, and linear in the text: every quantifier is bounded or can give nothing back. */
  readonly pattern: RegExp;
  /** Decides on what the expression alone cannot. */
  readonly accepts?: (match: string) => boolean;
  /** Whether the text is of the sort in which a match means something. */
  readonly appliesTo?: (text: string) => boolean;
}
