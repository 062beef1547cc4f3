import type { ItemDraft } from '../../../shared/domain/item.ts';

export interface Wanted {
  readonly kind: string;
  /** What has to stand in a context, to the letter. */
  readonly literal: string;
}

/** What to look for now, and under which heading. */
export interface Look {
  readonly when: string;
  readonly wanted: readonly Wanted[];
}

/** A conversation to play, and when to look into its contexts. */
export interface Played {
  readonly name: string;
  /** Items that are appended together, in order. */
  readonly turns: readonly (readonly ItemDraft[])[];
  /**
   * Asked before each turn, and once more after the last.
   *
   * @param toSeqs where each summary ended that was made so far.
   */
  look(turn: number, toSeqs: readonly number[]): Look | undefined;
  /** Whether the text of a context holds it. */
  holds(text: string, literal: string): boolean;
}

export const holdsAsItIs = (text: string, literal: string): boolean => text.includes(literal);
