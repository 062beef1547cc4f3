import fc from 'fast-check';

/** Arrays of exactly so many values, which shrink to fewer ones. */
export class ExactLength<T> extends fc.Arbitrary<T[]> {
  readonly #generated: fc.Arbitrary<T[]>;
  readonly #shrunk: fc.Arbitrary<T[]>;

  constructor(value: fc.Arbitrary<T>, length: number) {
    super();
    this.#generated = fc.array(value, { minLength: length, maxLength: length });
    this.#shrunk = fc.array(value, { maxLength: length });
  }

  override generate(random: fc.Random, biasFactor: number | undefined): fc.Value<T[]> {
    return this.#generated.generate(random, biasFactor);
  }

  override canShrinkWithoutContext(value: unknown): value is T[] {
    return this.#shrunk.canShrinkWithoutContext(value);
  }

  // What both arrays remember of a value is the same but for the lengths that they allow.
  override shrink(value: T[], context: unknown): fc.Stream<fc.Value<T[]>> {
    return this.#shrunk.shrink(value, context);
  }
}
