import type { StopReason } from './selection.ts';

/** The tokens and the places for items that are left. */
export class Room {
  #tokens: number;
  #places: number;

  constructor(tokens: number, places: number) {
    this.#tokens = tokens;
    this.#places = places;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Why so much does not fit; `undefined` when it does. */
  refusal(tokens: number, places: number): StopReason | undefined {
    if (tokens > this.#tokens) return 'over-budget';
    return places > 0 && places > this.#places ? 'over-max-items' : undefined;
  }

  /** Takes what fits, or says why it does not; what is exempt may exceed the places. */
  take(tokens: number, places: number, isExempt = false): StopReason | undefined {
    const reason = this.refusal(tokens, isExempt ? 0 : places);
    if (!reason) this.spend(tokens, places);
    return reason;
  }

  /** Takes it, fit or not: what is left may become less than nothing, and then nothing else fits. */
  spend(tokens: number, places: number): void {
    this.#tokens -= tokens;
    this.#places -= places;
  }
}
