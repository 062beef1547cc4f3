/**
 * Lets work on the same thing happen one after the other in this process, in the order in which it
 * came. Optimistic writers that start together would all but one lose, again and again: with 30 of
 * them one would give up.
 */
export class Turns {
  /** The end of the last work on each thing that some is under way on. */
  readonly #ends = new Map<string, Promise<void>>();

  async take<T>(thing: string, work: () => Promise<T>): Promise<T> {
    const before = this.#ends.get(thing);
    const { promise: end, resolve: pass } = Promise.withResolvers<void>();
    this.#ends.set(thing, end);
    try {
      if (before) await before;
      return await work();
    } finally {
      if (this.#ends.get(thing) === end) this.#ends.delete(thing);
      pass();
    }
  }
}
