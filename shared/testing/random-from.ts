/** Numbers that look random and are the same for the same seed (an LCG of Numerical Recipes). */
export function randomFrom(seed: number) {
  let state = seed >>> 0;
  return {
    /** An integer of 0 … `limit` - 1. */
    below(limit: number): number {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    },
  };
}
